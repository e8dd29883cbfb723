//! An analysis for tests, of whatever form its section says. It answers nothing.

use serde::Deserialize;

use super::{Analysis, Description, Records, Released, Setting};
use crate::agreement::{AgreementError, Dataset, Section};
use crate::answer::Value;
use crate::cases::CaseError;
use crate::cases::people::People;
use crate::language::Language;
use crate::rows::Rows;
use drempel_fhe::circuit::{Backend, Encoding, Scale};

/// `[analysis]` with any `kind`.
#[derive(Deserialize)]
pub(crate) struct TestAnalysis {
    columns: Vec<String>,
    /// One field, 0 to this.
    highest: i64,
    /// Whether the answer is the opposite of its field.
    #[serde(default)]
    turned: bool,
    #[serde(default)]
    dependent: bool,
    #[serde(default = "none")]
    datasets: Vec<String>,
}

fn none() -> Vec<String> {
    Vec::new()
}

/// An agreement with this section, and these lines under `[disclosure]`.
pub(crate) fn agreement(section: &str, disclosure: &str) -> String {
    let text = include_str!("../../examples/agreements/svb_uwv.toml");
    let kept = text.find("[analysis]").expect("a section");
    let text = text[..kept].replace("household", "file");
    format!(
        "{text}[analysis]\nkind = \"probe\"\n{section}\n[disclosure]\nto = \"UWV\"\nanswers = 10\n{disclosure}\n"
    )
}

impl Analysis for TestAnalysis {
    type Cases = People;
    type Batch = ();

    fn from_section(section: &Section<'_>) -> Result<Self, AgreementError> {
        section.read()
    }

    fn datasets(&self) -> &[String] {
        &self.datasets
    }

    fn describe(&self, _setting: &Setting<'_>, _language: Language) -> Description {
        let question = "Is it so?".to_owned();
        Description { question, terms: vec![], in_the_clear: "for each: a name".to_owned() }
    }

    fn check(&self, _setting: &Setting<'_>) -> Result<(), AgreementError> {
        Ok(())
    }

    fn encoding(&self, _setting: &Setting<'_>, _dataset: &Dataset) -> Encoding {
        Encoding::at_least(1)
    }

    fn released(&self, _setting: &Setting<'_>) -> Released {
        Released { scale: Scale::Slots, fields: vec![0..=self.highest] }
    }

    fn columns(&self) -> Vec<String> {
        self.columns.clone()
    }

    fn decode(&self, _setting: &Setting<'_>, fields: &[Vec<i64>]) -> Option<Vec<Vec<Value>>> {
        Some(fields.iter().map(|fields| vec![Value::YesNo((fields[0] == 1) != self.turned)]).collect())
    }

    fn is_separable(&self) -> bool {
        !self.dependent
    }

    fn cases(&self, rows: &mut dyn Rows) -> Result<People, CaseError> {
        People::from_rows(rows)
    }

    fn batches(
        &self,
        _setting: &Setting<'_>,
        _cases: &People,
        _records: &Records<'_>,
        _places: &[usize],
    ) -> Result<Vec<()>, CaseError> {
        Ok(vec![])
    }

    fn samples(&self, _setting: &Setting<'_>) -> Vec<(String, ())> {
        vec![]
    }

    fn answer_indices<'b>(&self, (): &'b ()) -> &'b [usize] {
        &[]
    }

    fn run<B: Backend>(&self, _backend: &B, (): &()) -> Result<Vec<B::Column>, B::Error> {
        Ok(vec![])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agreement::Agreement;

    fn refusal(section: &str, disclosure: &str) -> Option<String> {
        let parsed = Agreement::<TestAnalysis>::parse_as(&agreement(section, disclosure));
        parsed.err().map(|error| error.to_string())
    }

    #[test]
    fn answers_that_depend_on_one_another_are_audited_whole() {
        let section = "columns = [\"person\", \"rank\"]\nhighest = 9\ndependent = true";
        assert_eq!(refusal(section, ""), None);
        let error = refusal(section, "audit = 0.5").expect("a share");
        assert!(error.contains("audit must be 1 for this analysis"), "{error}");
        assert_eq!(refusal(&section.replace("true", "false"), "audit = 0.5"), None);
    }

    #[test]
    fn only_a_bit_that_is_the_answer_can_be_blinded() {
        let section = "columns = [\"person\", \"found\"]\nhighest = 1";
        assert_eq!(refusal(section, "blinded = true"), None);
        let others = [
            section.replace("highest = 1", "highest = 2"),
            format!("{section}\nturned = true"),
            section.replace("\"found\"", "\"found\", \"sure\""),
        ];
        for other in others {
            let error = refusal(&other, "blinded = true").expect("no bit");
            assert!(error.contains("only answers of yes or no can be blinded"), "{error}");
            assert_eq!(refusal(&other, ""), None);
        }
    }

    #[test]
    fn a_value_has_a_column_of_its_own_name() {
        for columns in ["[]", "[\"person\"]", "[\"person\", \"person\"]", "[\"person\", \"a\", \"a\"]"] {
            assert!(refusal(&format!("columns = {columns}\nhighest = 1"), "").is_some(), "{columns}");
        }
    }
}
