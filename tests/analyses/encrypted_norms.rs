//! An evaluator that must not even see the norms.

use drempel::analysis::Eligibility;
use drempel::units::{Cents, SubjectId};
use drempel::{Household, Households};
use drempel_test_support::Scene;

/// Minus each household's norm as an encrypted household dataset: the files that evaluator and auditor read have no
/// amount and no norm.
#[test]
fn with_real_keys_encrypted_norms_show_neither_amount_nor_norm() {
    let text = r#"
        agreement = { name = "n", purpose = "p", legal_basis = "l", valid_from = 2020-01-01, valid_until = 2099-12-31, retention_days = 1 }
        party = [
            { name = "UWV", roles = ["data-provider", "auditor"] },
            { name = "SVB", roles = ["data-provider"] },
            { name = "centre", roles = ["evaluator"] },
            { name = "holder", roles = ["key-holder"] },
        ]
        dataset = [
            { name = "income", provider = "UWV", subject = "person", amount = "cents", unit = "eurocent", concept = "income", min = 0, max = 262143 },
            { name = "norm", provider = "SVB", subject = "household", amount = "minus_norm", unit = "eurocent", concept = "income", min = -262143, max = 0 },
        ]
        analysis = { kind = "eligibility", datasets = ["income", "norm"], comparison = "below", max_addends = 3, missing = "refuse", norms = [0] }
        disclosure = { to = "holder", answers = 1000 }
    "#;
    let (mut incomes, mut norms, mut asked) =
        ("person,cents\n".to_owned(), "household,minus_norm\n".to_owned(), Vec::new());
    let mut expected = Vec::new();
    for index in 0..24_usize {
        let norm = [150_107_i64, 205_348][index % 2];
        let total = norm + [-1, 0, 1, -40_000, 30_000][index % 5];
        let first = if index % 2 == 0 { total } else { total / 3 };
        let mut members = Vec::new();
        for (place, income) in [first, total - first].into_iter().take(1 + index % 2).enumerate() {
            incomes += &format!("p{index:02}{place},{income}\n");
            members.push(SubjectId::try_from(format!("p{index:02}{place}")).expect("an identifier"));
        }
        norms += &format!("h{index:02},{}\n", -norm);
        expected.push(total < norm);
        let id = SubjectId::try_from(format!("h{index:02}")).expect("an identifier");
        asked.push(Household::new(id, members, Cents::ZERO, Cents::ZERO));
    }
    let asked = Households::new(asked).expect("valid households");
    let scene = Scene::<Eligibility>::new(text, &[incomes, norms]);
    // All that evaluator and auditor know of a household in the clear.
    assert!(asked.iter().all(|household| household.poverty_line() == Cents::ZERO));
    assert!(asked.iter().all(|household| household.known() == Cents::ZERO));
    let plan = scene.evaluator.plan(scene.agreement(), &asked, &scene.tables).expect("plans");
    assert_eq!(
        (plan.bootstraps, plan.leveled.ffts),
        (0, 12 * 790 + 12 * 1_398),
        "one more addend for each household"
    );
    let eligible: Vec<bool> = scene.play(&asked).rows().map(|(_, eligible)| eligible).collect();
    assert_eq!(eligible, expected);
    assert!(expected.contains(&true) && expected.contains(&false));
}
