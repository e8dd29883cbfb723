//! Pages as a whole: of every kind, in both languages.

use drempel::agreement::Role;
use drempel::analysis::Question;
use drempel::artefacts::PROGRAM;
use drempel::units::Digest;
use drempel_report::report::{Inputs, PageError, Regions, ReportError};
use drempel_report::{Language, Report};

use super::{KINDS, Made, csv, keep, keys, only};
use crate::example;

/// Every page, with the inputs of each.
fn each(check: impl Fn(&str, Language, &Inputs<'_, Question>, &Report)) {
    for kind in KINDS {
        let made = Made::of(kind);
        let released = made.released();
        let inputs = only(made.source(&released));
        for language in [Language::English, Language::Dutch] {
            let report = Report::of(&inputs, language).unwrap_or_else(|error| panic!("{kind}: {error}"));
            check(kind, language, &inputs, &report);
        }
    }
}

#[test]
fn every_kind_has_a_page_that_fetches_nothing_and_runs_nothing() {
    each(|kind, language, inputs, report| {
        let page = report.page();
        keep(&format!("{kind}.{}", language.code()), &page);
        assert!(page.starts_with(&format!("<!DOCTYPE html>\n<html lang=\"{}\">", language.code())), "{kind}");
        assert!(page.contains("default-src 'none'; style-src 'unsafe-inline'"), "{kind}");
        for bad in ["<script", "javascript:", "<img", "<link", "src=", "@import", "onload=", "href=\"http"] {
            assert!(!page.contains(bad), "{kind}: {bad}");
        }
        let addresses = page.matches("http").count() - page.matches("http-equiv").count();
        assert_eq!(addresses, page.matches("xmlns=\"http://www.w3.org/2000/svg\"").count(), "{kind}");
        // One first heading; every chart named, with its numbers in a table.
        assert_eq!(page.matches("<h1>").count(), 1, "{kind}");
        let charts = report.charts().count();
        assert_eq!(page.matches("role=\"img\" aria-labelledby=").count(), charts, "{kind}");
        assert!(page.matches("<caption").count() >= charts + 4, "{kind}");
        // A list has no chart; and of 26 people all but four were seen, which is too few.
        assert_eq!(charts == 0, ["ranking", "presence"].contains(&kind), "{kind}");
        for digest in
            [inputs.now.agreement.id(), inputs.now.answer.digest(), inputs.now.answer.provenance().cases]
        {
            assert!(page.contains(&digest.to_string()), "{kind}");
        }
        for party in inputs.now.agreement.parties() {
            assert!(page.contains(&party.name), "{kind}: {}", party.name);
        }
    });
}

#[test]
fn identifiers_within_a_page_differ() {
    each(|kind, _, _, report| {
        let page = report.page();
        let mut seen = std::collections::HashSet::new();
        for id in page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(seen.insert(id), "{kind}: {id}");
        }
        for label in page.split("aria-labelledby=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(label.split(' ').all(|id| seen.contains(id)), "{kind}: {label}");
        }
    });
}

#[test]
fn a_page_is_verified_and_a_change_of_it_or_of_its_inputs_is_refused() {
    each(|kind, language, inputs, report| {
        let page = report.page();
        let verify =
            |page: &str, inputs: &Inputs<'_, Question>| Report::verify(page.as_bytes(), inputs).map(drop);
        assert!(verify(&page, inputs).is_ok(), "{kind}");
        let changed = page.replacen("</td>", "9</td>", 1);
        assert!(matches!(verify(&changed, inputs), Err(PageError::Changed { line }) if line > 20), "{kind}");
        let cut = &page[..page.len() - 1];
        assert!(matches!(verify(cut, inputs), Err(PageError::Changed { .. })), "{kind}");
        let older = page.replace(PROGRAM, "drempel 0.0.1");
        assert!(matches!(verify(&older, inputs), Err(PageError::OtherProgram)), "{kind}");
        assert!(matches!(verify("<p>hello", inputs), Err(PageError::NotAReport)), "{kind}");
        // The same files under another agreement: other keys make another one.
        let other = Made::of(kind);
        let released = other.released();
        let inputs = only(other.source(&released));
        assert!(
            matches!(verify(&page, &inputs), Err(PageError::OtherAgreement { .. })),
            "{kind} {language:?}"
        );
    });
}

#[test]
fn another_file_of_answers_is_refused() {
    for (kind, from, to) in [
        ("area_count", "1102AA,6", "1102AA,7"),
        ("group_mean", "168205.6154", "168205.6155"),
        ("matching", "p01,yes", "p01,no"),
        ("svb_uwv", ",yes", ",no"),
        ("debt_count", ",0\n", ",1\n"),
    ] {
        let mut made = Made::of(kind);
        let released = made.released();
        let page = Report::of(&only(made.source(&released)), Language::Dutch).expect("a report").page();
        let shown = page.contains(&Digest::of(made.csv.as_bytes()).to_string());
        assert!(made.csv.contains(from), "{kind}");
        made.csv = made.csv.replace(from, to);
        let released = made.released();
        let error = Report::verify(page.as_bytes(), &only(made.source(&released))).map(drop);
        match error {
            Err(PageError::OtherAnswers) => assert!(shown, "{kind}"),
            // The digest of answers that the page does not tell would help who guesses them.
            Err(PageError::Changed { .. }) => assert!(!shown, "{kind}"),
            other => panic!("{kind}: {other:?}"),
        }
    }
}

#[test]
fn a_page_stays_the_same_when_the_ledger_grows() {
    let mut made = Made::of("debt_alarm");
    let released = made.released();
    let page = Report::of(&only(made.source(&released)), Language::English).expect("a report").page();
    let key = made.parties.key(&made.parties.agreement().only(Role::KeyHolder).name);
    made.ledger.append(keys(Digest::ZERO), &key).expect("in memory");
    assert!(Report::verify(page.as_bytes(), &only(made.source(&released))).is_ok());
}

#[test]
fn text_of_the_files_cannot_become_markup() {
    let hostile = "x<script>alert(1)</script>\\\"'&";
    let agreement =
        example("agreements/debt_count.toml").replacen("purpose = \"", &format!("purpose = \"{hostile} "), 1);
    let cases = "person\np1\n".replace("p1", "<b>&");
    let made = Made::with(&agreement, &cases, None, "person,agencies\n<b>&,1\n");
    let released = made.released();
    let page = Report::of(&only(made.source(&released)), Language::English).expect("a report").page();
    assert!(!page.contains("<script") && !page.contains("<b>"), "{page}");
    assert!(page.contains("x&#60;script&#62;"), "{page}");
}

/// Households of some regions: how many, and how many of them are below their line.
fn regional(regions: &[(&str, usize, usize)]) -> (Made, Regions) {
    let (mut cases, mut answers, mut map) = (
        "household,person,poverty_line_cents\n".to_owned(),
        "household,eligible\n".to_owned(),
        "household,region\n".to_owned(),
    );
    for (region, households, eligible) in regions {
        for household in 0..*households {
            let id = format!("{region}-{household}");
            cases.push_str(&format!("{id},p{id},150107\n"));
            answers.push_str(&format!("{id},{}\n", if household < *eligible { "yes" } else { "no" }));
            map.push_str(&format!("{id},{region}\n"));
        }
    }
    let made = Made::with(&example("agreements/svb_uwv.toml"), &cases, None, &answers);
    (made, Regions::from_csv("household", map.as_bytes()).expect("regions"))
}

#[test]
fn a_small_region_is_hidden_everywhere_and_does_not_follow_from_the_others() {
    // The smallest group is ten. Beemster has too few eligible, Diemen too few households.
    let all = [
        ("Almere", 431, 97),
        ("Beemster", 137, 4),
        ("Castricum", 219, 83),
        ("Diemen", 8, 5),
        ("Edam", 311, 171),
        ("Fijnaart", 90, 41),
    ];
    let (made, regions) = regional(&all);
    let released = made.released();
    let inputs = Inputs { regions: Some(&regions), ..only(made.source(&released)) };
    let report = Report::of(&inputs, Language::English).expect("a report");
    let csv = csv(&report);
    let numbers: Vec<f64> = csv.lines().filter_map(|line| line.split(',').nth(3)?.parse().ok()).collect();
    for (region, households, eligible) in [all[1], all[3]] {
        let percent = 100.0 * eligible as f64 / households as f64;
        for hidden in [households as f64, eligible as f64, (percent * 10.0).round() / 10.0] {
            assert!(!numbers.contains(&hidden), "{region} {hidden}: {csv}");
        }
        let rows: Vec<&str> =
            csv.lines().filter(|line| line.starts_with(&format!("share-1,{region},"))).collect();
        assert_eq!(rows.len(), 3, "{csv}");
        assert!(rows.iter().all(|row| row.ends_with(",,yes")), "{rows:?}");
        // Neither the page, nor the drawing, nor JSON.
        let texts =
            [report.page(), report.to_json().to_string(), report.charts().map(|(_, svg)| svg).collect()];
        for text in texts {
            assert!(
                !text.contains(&format!(">{households}<")) && !text.contains(&format!("of {households} "))
            );
            assert!(!text.contains(&format!("{percent:.1}")), "{region}");
        }
    }
    // All differences of what is shown: the whole less any of the other rows.
    let of = |measure: &str| -> Vec<f64> {
        let own = csv.lines().filter(|line| line.contains(&format!(",{measure},")));
        own.filter_map(|line| line.split(',').nth(3)?.parse().ok()).collect()
    };
    for (measure, hidden) in [("number", [137.0, 8.0]), ("yes", [4.0, 5.0])] {
        let shown = of(measure);
        assert!(shown.len() >= 3, "{csv}");
        for chosen in 0..1_u32 << (shown.len() - 1) {
            let taken = shown[1..].iter().enumerate().filter(|(place, _)| (chosen >> place) & 1 == 1);
            let rest = shown[0] - taken.map(|(_, number)| number).sum::<f64>();
            assert!(!hidden.contains(&rest), "{measure}: {shown:?}");
        }
    }
}

#[test]
fn where_the_whole_is_small_nothing_is_told_but_how_many_were_asked_about() {
    let (made, regions) = regional(&[("Almere", 40, 3), ("Beemster", 45, 2)]);
    let released = made.released();
    let inputs = Inputs { regions: Some(&regions), ..only(made.source(&released)) };
    let report = Report::of(&inputs, Language::Dutch).expect("a report");
    let csv = csv(&report);
    assert_eq!(csv.lines().filter(|line| line.ends_with(",no")).count(), 1, "{csv}");
    assert!(csv.contains("share-1,alle,number,85,no"), "{csv}");
}

#[test]
fn regions_must_be_known_of_everybody_and_divide_something() {
    let (made, _) = regional(&[("Almere", 40, 13)]);
    let released = made.released();
    let some = Regions::from_csv("household", b"household,region\nAlmere-0,A\n").expect("regions");
    let inputs = Inputs { regions: Some(&some), ..only(made.source(&released)) };
    let error = Report::of(&inputs, Language::English).map(drop);
    assert!(matches!(error, Err(ReportError::WithoutRegion { missing: 39 })), "{error:?}");
    let twice = Regions::from_csv("household", b"household,region\nh,A\nh,B\n").map(drop).expect_err("twice");
    assert!(twice.to_string().starts_with("line 3, column \"household\""), "{twice}");
    let means = Made::of("group_mean");
    let released = means.released();
    let inputs = Inputs { regions: Some(&some), ..only(means.source(&released)) };
    let error = Report::of(&inputs, Language::English).map(drop);
    assert!(matches!(error, Err(ReportError::NothingToDivide)), "{error:?}");
}
