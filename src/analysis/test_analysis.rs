//! An analysis for tests, of whatever form its section says. It answers nothing.

use drempel_fhe::circuit::{Backend, Encoding, Scale};
use serde::Deserialize;

use super::program::Program;
use super::records::{Asked, Planned};
use super::setting::Setting;
use super::shape::{Input, Released, Shape};
use super::value::Value;
use crate::agreement::AgreementError;
use crate::cases::CaseError;
use crate::cases::people::People;
use crate::rows::Rows;

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

impl Program for TestAnalysis {
    type Cases = People;
    type Batch = ();

    fn datasets(&self) -> &[String] {
        &self.datasets
    }

    fn shape(&self, setting: &Setting<'_>) -> Result<Shape, AgreementError> {
        let released = Released { scale: Scale::Slots, fields: vec![0..=self.highest] };
        let shape = Shape::new(setting, self.columns.clone(), |_| Input::new(Encoding::at_least(1)));
        Ok(shape.releasing(released).separable(!self.dependent))
    }

    fn cases(&self, rows: &mut dyn Rows) -> Result<People, CaseError> {
        People::from_rows(rows)
    }

    fn batches(&self, _asked: &Asked<'_, People>) -> Result<Vec<Planned<()>>, CaseError> {
        Ok(vec![])
    }

    fn run<B: Backend>(&self, _backend: &B, (): &()) -> Result<Vec<B::Column>, B::Error> {
        Ok(vec![])
    }

    fn decode(&self, _setting: &Setting<'_>, fields: &[Vec<i64>]) -> Option<Vec<Vec<Value>>> {
        Some(fields.iter().map(|fields| vec![Value::YesNo((fields[0] == 1) != self.turned)]).collect())
    }

    fn samples(&self, _setting: &Setting<'_>) -> Vec<(String, Planned<()>)> {
        vec![]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::Agreement;

    fn refusal(section: &str, disclosure: &str) -> Option<String> {
        let parsed = Agreement::<TestAnalysis>::parse(&agreement(section, disclosure));
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
