//! An evaluator that must not even see the norms.

use drempel::Evaluated;
use drempel::analysis::Eligibility;
use drempel::units::{Cents, SubjectId};
use drempel::{
    Auditor, DataProvider, Evaluator, Household, Households, KeyHolder, Ledger, PublicKey, Rehearsal, Table,
};

/// Minus each household's norm as an encrypted household dataset: the files that evaluator and auditor read have no
/// amount and no norm.
#[test]
fn encrypted_norms_leave_neither_amount_nor_norm_in_what_evaluator_and_auditor_see() {
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
    let parties = Rehearsal::<Eligibility>::of(text).expect("sound");
    let agreement = parties.agreement();
    let mut ledger = Ledger::in_memory();
    let keys = KeyHolder::generate(agreement, parties.key("holder"), &mut ledger);
    let (holder, public, evaluation_key) = keys.expect("in force");
    let mut bytes = Vec::new();
    public.write(&mut bytes).expect("in memory");
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
    let encrypt = |dataset: &str, party: &str, rows: &str| {
        let public = PublicKey::from_bytes(bytes.clone()).expect("just written");
        let table = Table::from_csv(agreement, dataset, rows.as_bytes()).expect("valid");
        DataProvider::new(public, parties.key(party)).encrypt(agreement, &table).expect("encrypts")
    };
    let tables = [encrypt("income", "UWV", &incomes), encrypt("norm", "SVB", &norms)];
    // All that evaluator and auditor know of a household in the clear.
    assert!(asked.iter().all(|household| household.poverty_line() == Cents::ZERO));
    assert!(asked.iter().all(|household| household.known() == Cents::ZERO));
    let evaluator = Evaluator::new(&evaluation_key, parties.key("centre")).expect("in memory");
    let plan = evaluator.plan(agreement, &asked, &tables).expect("plans");
    assert_eq!(plan.bootstraps, 12 * 6 + 12 * 8, "one more addend: a single costs 6 and a couple 8");
    let answer = evaluator.evaluate(agreement, &asked, &tables, |_| {}).expect("evaluates").answer;
    let auditor = Auditor::new(&evaluation_key, parties.key("UWV")).expect("in memory");
    let job = Evaluated { answer: &answer, transcript: None, blinding: None };
    let attestation = auditor.audit(agreement, &asked, &tables, &job, |_| {}).expect("attests");
    let released = holder.release(agreement, &answer, &[attestation], &mut ledger).expect("releases");
    let eligible: Vec<bool> = released.rows().map(|(_, eligible)| eligible).collect();
    assert_eq!(eligible, expected);
    assert!(expected.contains(&true) && expected.contains(&false));
}
