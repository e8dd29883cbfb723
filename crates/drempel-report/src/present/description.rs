/// What an analysis does, in plain sentences of one language, for who must approve it.
///
/// Each text is whole sentences or a table's cell in plain text, without markup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    /// The question in one or two sentences.
    pub question: String,
    /// The numbers of the agreement that it depends on: what each is, and its value.
    pub terms: Vec<(String, String)>,
    /// What the evaluator and the auditor know in the clear beside the tables' pseudonyms: "for each household: ...".
    pub in_the_clear: String,
}
