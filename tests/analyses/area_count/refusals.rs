//! What the agreement's section and the evaluator's file are refused for.

use drempel::Agreement;
use drempel::analysis::Question;
use drempel_test_support::Job;

use super::{TOTALS, agreement, energy_poverty, of_bits};

fn refusal(text: &str) -> String {
    Agreement::<Question>::parse(text).err().map_or("sound".to_owned(), |error| error.to_string())
}

#[test]
fn a_section_that_breaks_a_rule_is_refused() {
    let text = energy_poverty();
    assert_eq!(refusal(&text), "sound");
    let one_of = "a condition has either a line, or a line_column with line_min <= line_max";
    let own = "line_column and totals must each name a column of their own in the evaluator's file";
    let cases = [
        (
            "max_households = 25",
            "max_households = 31",
            "max_households must be at least minimum_cell and at most 30",
        ),
        (
            "max_households = 25",
            "max_households = 4",
            "max_households must be at least minimum_cell and at most 30",
        ),
        (
            "\"low income\", \"high costs\"], [",
            "\"low income\"], [",
            "every condition must have a place in at_risk, or be reached",
        ),
        (
            "\"high costs\"], [",
            "\"high costs\"], [], [",
            "at_risk lists, for each way to be at risk, its conditions",
        ),
        ("line = 180", "", one_of),
        ("line = 180", "line = 180\nline_min = 1", one_of),
        ("line_min = 100000", "line_min = 250001", one_of),
        ("line_min = 100000", "line_min = -1000000000000001", "a condition's lines lie within 10^15"),
        ("\"income_line\"", "\"person\"", own),
        ("max_households = 25", "max_households = 25\ntotals = \"income_line\"", own),
        ("max_households = 25", "max_households = 25\ntotals = \"area\"", own),
        ("max_addends = 3", "max_addends = 9", "max_addends must be 1 to 8"),
        ("[\"costs\"]", "[]", "datasets must name at least one dataset"),
        (
            "[\"costs\"]",
            "[\"costs\", \"costs\"]",
            "max_addends is too low: even a household of one has an amount in every dataset",
        ),
        (
            "datasets = [\"label\"]",
            "datasets = [\"label\", \"costs\"]",
            "conditions that share a dataset must have the same datasets and max_addends",
        ),
    ];
    for (from, to, expected) in cases {
        assert!(text.contains(from), "{from}");
        assert_eq!(refusal(&text.replacen(from, to, 1)), format!("[analysis] {expected}"), "{to}");
    }
    let reached = "who is reached must be a condition that is not in at_risk";
    let named = [
        ("max_households = 25", "max_households = 25\nreached = \"high costs\"", reached),
        ("name = \"high costs\"", "name = \"low quality\"", "condition \"low quality\" is named twice"),
        (
            "\"high costs\"], [",
            "\"cold\", \"high costs\"], [",
            "at_risk or reached names condition \"cold\", which the agreement does not have",
        ),
        ("[\"costs\"]", "[\"cost\"]", "[analysis] names dataset \"cost\", which the agreement does not have"),
        ("[\"costs\"]", "[\"costs\", \"label\"]", "conditions that share a dataset"),
    ];
    for (from, to, expected) in named {
        let message = refusal(&text.replacen(from, to, 1));
        assert!(message.contains(expected), "{message}");
    }
    let unlike = agreement(
        5,
        &[("a", "household", 0, 1), ("b", "household", 0, 1)],
        "at_risk = [[\"c\"]]\nmax_households = 9\n[[analysis.condition]]\nname = \"c\"\ndatasets = [\"a\", \"b\"]\n\
         comparison = \"below\"\nline = 1\nmax_addends = 2\nmissing = \"zero\"\nmatched_at_least = 0.5\n",
    );
    assert!(refusal(&unlike).contains("differ in concept"));
    let five = (0..5).map(|_| {
        "[[analysis.condition]]\nname = \"c\"\ndatasets = [\"flag\"]\ncomparison = \"below\"\n\
                               line = 1\nmax_addends = 1\nmissing = \"zero\"\nmatched_at_least = 0.5\n"
    });
    assert_eq!(
        refusal(&(of_bits(5, "") + &five.collect::<String>())),
        "[analysis] give one to four conditions"
    );
}

#[test]
fn totals_need_a_full_audit_and_a_minimum_of_at_most_27() {
    assert_eq!(refusal(&of_bits(27, TOTALS)), "sound");
    assert_eq!(refusal(&of_bits(28, TOTALS)), "[analysis] with totals, minimum_cell must be at most 27");
    let half =
        |section: &str| of_bits(5, section).replace("minimum_cell = 5", "minimum_cell = 5\naudit = 0.5");
    assert_eq!(refusal(&half("")), "sound");
    assert!(refusal(&half(TOTALS)).contains("its answers depend on one another"));
}

#[test]
fn a_file_that_breaks_a_rule_is_refused_with_its_line() {
    let flags: String = (0..31).map(|household| format!("h{household},1\n")).collect();
    let flags = ["household,value\n".to_owned() + &flags];
    let rows = |of: std::ops::Range<usize>, end: &str| -> String {
        of.map(|household| format!("h{household},{end}\n")).collect()
    };
    let check = |section: &str, cases: String, expected: &str| {
        let refusal = Job { agreement: &of_bits(5, section), tables: &flags, cases: &cases }.refusal();
        assert!(refusal.starts_with(expected), "{refusal}");
    };
    let head = "household,area\n";
    check(
        "",
        head.to_owned() + &rows(0..5, "A") + &rows(5..9, "B"),
        "line 7, column \"area\": the area has 4 households whose answer is not known beforehand",
    );
    check("", head.to_owned() + &rows(0..31, "A"), "line 2, column \"area\": the area has 31 households");
    check("", head.to_owned() + &rows(0..5, "A") + "h0,A\n", "line 7: this household was listed before");
    check(
        "",
        head.to_owned() + &rows(0..5, "A") + "h0,B\n",
        "line 7, column \"area\": differs from the household's first row (line 2)",
    );
    check(
        "",
        head.to_owned() + &rows(0..4, "A") + "x,A\n",
        "line 6, column \"household\": no record in dataset \"flag\"",
    );
    check("", "household\nh0\n".to_owned(), "line 1: column \"area\" is missing");
    check(
        "",
        "household,person,area\nh0,,A\n".to_owned(),
        "line 2, column \"person\": the household has no person",
    );
    let head = "household,area,district\n";
    check(TOTALS, "household,area\n".to_owned(), "line 1: column \"district\" is missing");
    check(
        TOTALS,
        head.to_owned() + &rows(0..5, "A,D"),
        "line 2, column \"district\": a total over 1 areas; it takes 2 to 32",
    );
    check(
        TOTALS,
        head.to_owned() + &rows(0..5, "A,D") + &rows(5..6, "A,E"),
        "line 7, column \"district\": differs from the area's first row (line 2)",
    );
    check(
        TOTALS,
        head.to_owned() + &rows(0..5, "A,B") + &rows(5..10, "B,B"),
        "line 2, column \"district\": an area has this name too",
    );
}

#[test]
fn a_line_or_a_person_that_the_agreement_does_not_allow_is_refused() {
    let household: String = (0..5).map(|household| format!("h{household},1\n")).collect();
    let household = "household,value\n".to_owned() + &household;
    let tables = ["person,value\np0,1\n".to_owned(), household.clone(), household];
    let check = |rows: &str, expected: &str| {
        let others: String =
            (1..5).map(|household| format!("h{household},q{household},A,100000\n")).collect();
        let cases = format!("household,person,area,income_line\n{rows}{others}");
        let refusal = Job { agreement: &energy_poverty(), tables: &tables, cases: &cases }.refusal();
        assert!(refusal.starts_with(expected), "{refusal}");
    };
    check(
        "h0,p0,A,99999\n",
        "line 2, column \"income_line\": outside line_min and line_max of the agreement",
    );
    check("h0,p0,A,250001\n", "line 2, column \"income_line\": outside");
    check(
        "h0,p0,A,100000\nh0,p1,A,100001\n",
        "line 3, column \"income_line\": differs from the household's first row (line 2)",
    );
    check("h0,p0,A,\n", "line 2, column \"income_line\": the cell is empty");
    check(
        "h0,a,A,100000\nh0,b,A,100000\nh0,c,A,100000\nh0,d,A,100000\n",
        "line 2, column \"person\": 4 or more amounts",
    );
    let cases =
        "household,area,income_line\nh0,A,100000\nh1,A,100000\nh2,A,100000\nh3,A,100000\nh4,A,100000\n";
    let refusal = Job { agreement: &energy_poverty(), tables: &tables, cases }.refusal();
    assert!(refusal.starts_with("line 2, column \"person\": the household has no person"), "{refusal}");
}
