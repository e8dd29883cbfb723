//! An agreement joined with the analysis that it names: what every role acts on.
//!
//! [`Document`] is what lies in the file and is signed; which question its `[analysis]` section asks, a type says that
//! may be defined outside drempel.

use std::collections::HashSet;
use std::ops::Deref;
use std::path::Path;

use crate::agreement::{AgreementError, Dataset, Document, Role, SignatureError, Signatures};
use crate::analysis::{Program, Setting, Shape, checked_shape};

mod plausible;
mod rehearsal;
mod tables;

pub use plausible::OtherUnit;
pub use rehearsal::Rehearsal;

/// A checked agreement over the analysis `A`, not yet signed. It reads like the [`Document`] that it holds.
#[derive(Debug)]
pub struct Agreement<A> {
    document: Document,
    analysis: A,
    shape: Shape,
}

impl<A: Program> Agreement<A> {
    /// Reads and checks an agreement file.
    ///
    /// # Errors
    /// When the file cannot be read or breaks a rule.
    pub fn open(path: &Path) -> Result<Self, AgreementError> {
        Self::new(Document::open(path)?)
    }

    /// Checks an agreement's text.
    ///
    /// # Errors
    /// When it breaks a rule.
    pub fn parse(text: &str) -> Result<Self, AgreementError> {
        Self::new(Document::parse(text)?)
    }

    /// Reads the document's `[analysis]` section and checks it against the rest.
    ///
    /// # Errors
    /// When it is no section of this analysis, or breaks a rule.
    pub fn new(document: Document) -> Result<Self, AgreementError> {
        let analysis = A::from_section(&document.section())?;
        let shape = checked_shape(&analysis, document.datasets(), document.disclosure())?;
        let agreement = Self { document, analysis, shape };
        agreement.check_receiver()?;
        Ok(agreement)
    }

    /// Whoever could forge a table and see the answers must not be one of several providers.
    fn check_receiver(&self) -> Result<(), AgreementError> {
        let to = &self.disclosure().to;
        let to_key_holder = self.holders(Role::KeyHolder).any(|party| party.name == *to);
        let providers: HashSet<&str> =
            self.inputs().iter().map(|dataset| dataset.provider.as_str()).collect();
        if !to_key_holder && providers.len() > 1 && providers.contains(to.as_str()) {
            return Err(AgreementError::Roles(
                "answers must not go to one of several data providers: with a malformed table and the answers over it \
                 it could recover the key, and with the key the others' data",
            ));
        }
        Ok(())
    }

    /// The analysis's datasets, in its own order.
    pub fn inputs(&self) -> Vec<&Dataset> {
        self.analysis.datasets().iter().filter_map(|name| self.dataset(name)).collect()
    }

    /// What the analysis sees of the agreement beside its own section.
    pub fn setting(&self) -> Setting<'_> {
        Setting { datasets: self.inputs(), disclosure: self.disclosure() }
    }

    /// The one question that may be asked.
    pub fn analysis(&self) -> &A {
        &self.analysis
    }

    /// What goes into it, and what comes out.
    pub fn shape(&self) -> &Shape {
        &self.shape
    }
}

impl<A> Deref for Agreement<A> {
    type Target = Document;

    fn deref(&self) -> &Document {
        &self.document
    }
}

/// An agreement with a valid signature of each party that it names: the only one that a role acts on. It reads
/// like the [`Agreement`] that it holds.
///
/// A role does not act on a draft:
///
/// ```
/// use drempel::analysis::Eligibility;
/// use drempel::{DataProvider, SignedAgreement, Table};
/// fn encrypt(provider: &DataProvider, agreement: &SignedAgreement<Eligibility>, table: &Table) {
///     let _ = provider.encrypt(agreement, table);
/// }
/// ```
/// ```compile_fail,E0308
/// use drempel::analysis::Eligibility;
/// use drempel::{Agreement, DataProvider, Table};
/// fn encrypt(provider: &DataProvider, agreement: &Agreement<Eligibility>, table: &Table) {
///     let _ = provider.encrypt(agreement, table);
/// }
/// ```
#[derive(Debug)]
pub struct SignedAgreement<A> {
    agreement: Agreement<A>,
}

impl<A: Program> SignedAgreement<A> {
    /// Reads an agreement and the signatures beside it.
    ///
    /// # Errors
    /// When the agreement breaks a rule, or any party's signature is missing or not valid.
    pub fn open(path: &Path) -> Result<Self, SignatureError> {
        Self::new(Agreement::open(path)?, &Signatures::open(path)?)
    }

    /// Checks that every party has signed, once, with its own key.
    ///
    /// # Errors
    /// When a signature is missing, not valid, or there are two of one party or one of a stranger.
    pub fn new(agreement: Agreement<A>, signatures: &Signatures) -> Result<Self, SignatureError> {
        signatures.verify(&agreement)?;
        Ok(Self { agreement })
    }
}

impl<A> Deref for SignedAgreement<A> {
    type Target = Agreement<A>;

    fn deref(&self) -> &Agreement<A> {
        &self.agreement
    }
}
