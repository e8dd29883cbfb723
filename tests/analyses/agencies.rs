//! Agreements about people whom several agencies know, and their files.

/// An agency's dataset with its bounds.
pub(crate) struct Dataset<'t> {
    pub(crate) name: &'t str,
    pub(crate) provider: &'t str,
    pub(crate) unit: &'t str,
    pub(crate) bounds: (i64, i64),
}

/// The text of an agreement with an evaluator, an auditor and a key holder of their own.
pub(crate) fn agreement(datasets: &[Dataset<'_>], analysis: &str, disclosure: &str) -> String {
    let mut text =
        "agreement = { name = \"n\", purpose = \"p\", legal_basis = \"l\", valid_from = 2020-01-01, \
                    valid_until = 2099-12-31, retention_days = 1 }\nparty = [\n"
            .to_owned();
    let mut providers: Vec<&str> = datasets.iter().map(|dataset| dataset.provider).collect();
    providers.sort_unstable();
    providers.dedup();
    let others = [("centre", "evaluator"), ("court", "auditor"), ("holder", "key-holder")];
    let parties = providers.into_iter().map(|name| (name, "data-provider")).chain(others);
    for (name, role) in parties {
        text += &format!("{{ name = \"{name}\", roles = [\"{role}\"] }},\n");
    }
    text += "{ name = \"receiver\", roles = [] },\n]\ndataset = [\n";
    for Dataset { name, provider, unit, bounds: (min, max) } in datasets {
        text += &format!(
            "{{ name = \"{name}\", provider = \"{provider}\", subject = \"person\", amount = \"x\", unit = \"{unit}\", \
             concept = \"c\", min = {min}, max = {max} }},\n"
        );
    }
    text + &format!("]\nanalysis = {{ {analysis} }}\ndisclosure = {{ {disclosure} }}\n")
}

/// An agency's CSV file. A first row about somebody whom nobody asks about keeps it from being empty.
pub(crate) fn table(other: i64, known: &[Option<i64>]) -> String {
    let row = |(person, value): (usize, &Option<i64>)| value.map(|value| format!("p{person},{value}\n"));
    format!("person,x\nother,{other}\n{}", known.iter().enumerate().filter_map(row).collect::<String>())
}

/// The evaluator's file: so many people.
pub(crate) fn people(count: usize) -> String {
    (0..count).fold("person\n".to_owned(), |text, person| text + &format!("p{person}\n"))
}
