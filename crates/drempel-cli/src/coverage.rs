//! Whom a job finds, in words and as JSON.

use drempel::Coverage;
use serde_json::{Value, json};

/// A line for each dataset, with a warning where nobody was found.
pub(crate) fn describe(coverage: &[Coverage]) -> (String, Value) {
    let mut text = String::new();
    let mut object = Vec::new();
    for Coverage { dataset, subject, asked, found } in coverage {
        let (subject, nobody) = (subject.column(), *found == 0 && *asked > 0);
        text += &format!(
            "dataset \"{dataset}\": has a record of {found} of {asked} (each {subject} counted once)\n"
        );
        if nobody {
            text += "WARNING: that dataset knows nobody who is asked about: look whether both write identifiers alike\n";
        }
        object.push(json!({ "dataset": dataset, "subject": subject, "asked": asked, "found": found }));
    }
    (text, object.into())
}
