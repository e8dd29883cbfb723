//! What an analysis sees of the agreement beside its own section.

use crate::agreement::{AgreementError, Dataset, Disclosure, distinct};

/// What an analysis sees of the agreement beside its own section.
#[derive(Clone, Debug)]
pub struct Setting<'a> {
    /// The analysis's datasets, in its own order.
    pub datasets: Vec<&'a Dataset>,
    /// Who receives how many answers, and how small a group may be.
    pub disclosure: &'a Disclosure,
}

impl<'a> Setting<'a> {
    /// The datasets of these names, each once.
    ///
    /// # Errors
    /// When there is no such dataset, or a name stands there twice.
    pub(crate) fn new(
        names: &[String],
        datasets: &'a [Dataset],
        disclosure: &'a Disclosure,
    ) -> Result<Self, AgreementError> {
        let find = |name: &String| {
            let found = datasets.iter().find(|dataset| dataset.name == *name);
            found.ok_or_else(|| AgreementError::Unknown {
                wanted_by: "[analysis]".to_owned(),
                what: "dataset",
                name: name.clone(),
            })
        };
        let datasets = names.iter().map(find).collect::<Result<_, _>>()?;
        distinct("dataset in [analysis]", names.iter().map(String::as_str))?;
        Ok(Self { datasets, disclosure })
    }
}

/// Refuses datasets whose amounts may not be added up.
///
/// # Errors
/// [`AgreementError::IncompatibleDatasets`], or an error where there is no dataset at all.
pub(super) fn check_one_concept(datasets: &[&Dataset]) -> Result<(), AgreementError> {
    let Some((first, others)) = datasets.split_first() else {
        return Err(AgreementError::Analysis("datasets must name at least one dataset"));
    };
    for other in others {
        let same = [("unit", first.unit == other.unit), ("concept", first.concept == other.concept)];
        if let Some((what, _)) = same.into_iter().find(|(_, same)| !same) {
            let (left, right) = (first.name.clone(), other.name.clone());
            return Err(AgreementError::IncompatibleDatasets { left, right, what });
        }
    }
    Ok(())
}
