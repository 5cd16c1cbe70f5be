//! The words that tell how a criterion means a mention, in tables: lower case, looked for as written.
//!
//! A cue belongs here when it is said in many records; none is made for the words of one.

pub(super) use super::pairs::any;

/// Shuts out whoever is spoken of, under any heading.
pub(super) const SHUTTING: &[&str] = &[
    "are excluded",
    "be excluded",
    "is excluded",
    "were excluded",
    "was excluded",
    "not be eligible",
    "not considered eligible",
    "not be enrolled",
    "may not enrol",
    "may not participate",
    "cannot enrol",
    "cannot participate",
    "not allowed",
    "not permitted",
    // One alteration alone is too little: "amplification without a mutation is not sufficient".
    "not sufficient",
    "insufficient",
    "not suffice",
    "not qualify",
];

/// What somebody "not eligible for …" is shut out of, where that is the trial.
const OF_THE_TRIAL: &[&str] = &[
    "this",
    "the ",
    "enrol",
    "inclusion",
    "participation",
    "study",
    "cohort",
    "arm",
    "part ",
];

/// Lets in whoever is spoken of, or denies a [`SHUTTING`] cue: stands near the mention.
pub(super) const OPEN: &[&str] = &[
    "not an exclusion",
    "not exclusion",
    "not excluded",
    "not be excluded",
    "not exclude",
    "no restriction",
    "no exclusion",
    "may be known or unknown",
    "are eligible",
    "is eligible",
    "are allowed",
    "is allowed",
    "be allowed",
    "may enrol",
    "may be enrolled",
    "may also be enrolled",
    "may be included",
    "may also be included",
    "can be enrolled",
    "can also be enrolled",
    "can be included",
    "may take part",
    "may participate",
    "can take part",
    "can participate",
    "can enrol",
    "are permitted",
    "is permitted",
    "are accepted",
    "are acceptable",
    "is acceptable",
    "status is allowed",
    "not required",
    "not mandatory",
];

/// Both values of a test are named, so neither is asked for: "present versus absent".
pub(super) const BOTH_VALUES: &[&str] = &[
    "positive or negative",
    "negative or positive",
    "positive and negative",
    "positive/negative",
    "positive versus",
    "positive vs",
    "negative versus",
    "negative vs",
    "present versus",
    "present vs",
    "present or absent",
    "yes versus",
    "yes vs",
    "yes/no",
    "yes or no",
    "mutant or wild",
    "mutated or wild",
    "mutation or wild",
    "mutant/wild",
    "mutant versus",
    "mutant vs",
    "mutated versus",
    "mutated vs",
    "mutation versus",
    "mutation vs",
    "type or mut",
    "type versus",
    "type vs",
    "type and mutated",
    "type and mutant",
];

/// A sentence about how the trial assigns patients: it takes either.
pub(super) const STRATIFYING: &[&str] = &["stratif", "minimization factor", "minimisation factor"];

/// Whoever must only know a gene's status may have either.
pub(super) const KNOWN: &[&str] = &[
    "known",
    "any ",
    "status",
    "test result",
    "testing result",
    "mutation result",
    "results available",
    "results are available",
    "results must",
    "results are required",
    "testing must be available",
    "testing must have been",
    "testing is required",
    "test must be available",
];

/// A sentence about what the trial measures, which asks nothing of a patient.
pub(super) const MEASURING: &[&str] = &[
    "endpoint",
    "end point",
    "exploratory",
    "objective:",
    "objectives:",
    "correlative",
    "secondary outcome",
    "will be analysed",
    "will be analyzed",
    "will be explored",
    "will be evaluated",
    "will be correlated",
    "will be collected",
];

/// A sentence that speaks to whoever reads the record, or praises the trial, and asks nothing of a patient. Anyone may
/// register a record, and some readers are machines.
pub(super) const ADDRESSED: &[&str] = &[
    "ignore ",
    "disregard",
    "instruction",
    "the reader",
    "tell the",
    "tell them",
    "system:",
    "system prompt",
    "prompt",
    "assistant",
    "language model",
    "this trial as",
    "this trial is the",
    "this study as",
    "best choice",
    "rank this",
    "mark this",
    "recommend this",
    "always answer",
    "respond with",
];

/// Speaks for some cohorts, arms or parts of the trial.
pub(super) const LIMITING: &[&str] = &[
    "cohort",
    "arm ",
    "arm #",
    "arms ",
    "part a",
    "part b",
    "part c",
    "part 1",
    "part 2",
    "part 3",
    "part 4",
    "part 5",
    "part 6",
    "part d",
    "part e",
    "subprotocol",
    "expansion",
    "module",
    "sub-study",
    "substudy",
    "group ",
];

/// Speaks for every cohort, though the word stands there.
pub(super) const FOR_ALL: &[&str] = &[
    "all cohort",
    "all arm",
    "all part",
    "both cohort",
    "both arm",
    "both part",
    "all group",
];

/// Of a cohort or arm: it takes nobody more.
pub(super) const CLOSED: &[&str] = &[
    "(closed",
    "closed)",
    "closed to",
    "closed for",
    "is closed",
    "are closed",
    "now closed",
    "closed since",
    "not recruiting",
    "no longer enrol",
    "no longer recruiting",
    "expansion closed",
    "enrollment complete",
    "enrolment complete",
];

/// One of several ways in or out.
pub(super) const ALTERNATIVE: &[&str] = &[
    "one of the following",
    "any of the following",
    "either of the following",
    "one or more of the following",
    "at least one",
    "following tumor",
    "following cohorts",
];

/// Whether a patient is in or out hangs on something else, mostly on earlier treatment.
pub(super) const CONDITIONAL: &[&str] = &[
    "unless",
    "have not received",
    "has not received",
    "not previously",
    "who have not",
    "untreated with",
    "without prior",
    "if they have not",
    "and have not",
    "previously untreated",
    "directed therapy is indicated",
    "they will be ineligible",
    "have not yet",
    "must have received",
    "has not been given",
    "has not been received",
    "has not been administered",
];

/// Of the heading or criterion above: what stands under it, nobody may have.
pub(super) const DENYING: &[&str] = &[
    "none of the following",
    "must not have",
    "do not have any",
    "does not have any",
    "without any of",
    "negative for",
    "absence of",
    "must not meet",
];

/// Behind a list of what happened to genes: none of it may be there.
pub(super) const DENIED_AFTER: &[&str] = &[
    "be negative",
    "are negative",
    "both negative",
    "all negative",
    "be absent",
    "are absent",
    "is absent",
    "not be present",
    "not be detected",
    "not detected",
    "not been detected",
    "been ruled out",
    "be ruled out",
    "are ruled out",
    "been excluded",
    "be wild",
    "are wild",
    "both wild",
    "all wild",
];

/// Opens a sentence in which no driver may be: "absence of documented results … in any actionable driver oncogene".
pub(super) const OPENS_DENIAL: &[&str] = &["absence of", "lack of", "no ", "not ", "without "];

/// Between such a list and its [`DENIED_AFTER`], these begin what is said of somebody or something else.
pub(super) const ENDS_LIST: &[&str] = &[
    "positive",
    " with ",
    " who ",
    " that ",
    " which ",
    " whose ",
    "unless",
    " if ",
    " in ",
    "patients",
    "participants",
    "subjects",
    ";",
    ":",
    "(",
    "other than",
    "results",
];

/// Treatment, in whatever form.
pub(super) const THERAPY: &[&str] = &[
    "progress",
    "receiv",
    "treat",
    "therap",
    "intoleran",
    "failed",
    "inhibitor",
    "refractory",
    "exposure",
];

/// What an exclusion of harmless variants says; those that matter are not meant.
pub(super) const HARMLESS: &[&str] = &[
    "non detrimental",
    "non-detrimental",
    "not detrimental",
    "benign",
    "uncertain significance",
    "unknown significance",
    "unknown clinical significance",
    "vus",
    "polymorphism",
    "non-pathogenic",
    "not pathogenic",
];

/// Of a gene as a drug's target: the drug is not what the patient needs.
pub(super) const NOT_INDICATED: &[&str] = &["therapy is not indicated", "treatment is not indicated"];

/// What stands right before what is only tested for.
pub(super) const TESTED_FOR: &[&str] = &[
    "documents about",
    "testing for",
    "tested for",
    "test for",
    "to test ",
    "tests for",
    "analysis of",
    "analysis for",
    "analyses of",
    "determination of",
    "to determine",
    "screened for",
    "screening for",
    "assessment of",
    "evaluation of",
    "genotyping for",
    "genotyping of",
];

/// What is given for a test.
pub(super) const SAMPLES: &[&str] = &[
    "tissue", "sample", "specimen", "biops", "block", "slide", "blood", "plasma", "material",
];

/// Treatment as a thing that was given.
pub(super) const THERAPY_NOUNS: &[&str] = &["therap", "treatment", "regimen", "surgery", "transplant"];

/// Before this trial.
pub(super) const EARLIER: &[&str] = &["prior", "previous", "receipt", "received", "receiving"];

/// What is said of somebody who was named before: "… must have received".
pub(super) const DUTY: &[&str] = &[
    " must ",
    " should ",
    "are required",
    "is required",
    "are allowed",
    "are eligible",
    "may be",
    "may have",
    "may receive",
    "will be allowed",
    "need to",
    "be required",
    "not required",
    "also eligible",
    "be eligible",
];

/// For whom a duty stands: "trastuzumab is required for patients with …".
pub(super) const FOR_SOME: &[&str] = &[
    "for patients ",
    "for those ",
    "for participants ",
    "for subjects ",
    "in patients ",
    "in participants ",
    "in subjects ",
    "in those ",
    "for patients:",
];

/// Of an exclusion: another treatment is open to the patient, and that shuts out.
pub(super) const CANDIDATE: &[&str] = &["candidate for", "candidates for", "candidate ("];

/// Of an exclusion, after the alteration: it shuts out those to whom another treatment for it is open.
pub(super) const ELIGIBLE_ELSEWHERE: &[&str] = &[" eligible for", "appropriate for", "candidate"];

/// Of an exclusion, after the alteration: only with the treatment that is named does it shut out.
pub(super) const AND_TREATED: &[&str] = &[
    "and has received",
    "and have received",
    "and received",
    "who has received",
    "who have received",
    "who received",
    "previously treated with",
    "already treated with",
    "pretreated with",
    "tumor received",
    "tumour received",
];

/// The alteration is a relative's.
pub(super) const RELATIVES: &[&str] = &["children who", "child who", "relative", "sibling", "family member"];

/// Of an exclusion: one alteration alone shuts nobody out.
pub(super) const SEVERAL: &[&str] = &["more than one ", "more than 1 ", "two or more "];

/// Says who is meant rather than what is asked for: "in the presence of an EGFR mutation, … must".
pub(super) const IN_CASE: &[&str] = &[
    "in case of",
    "in cases of",
    "in the case of",
    "in the presence of",
    "as indicated by",
];

/// Of knowledge, before an alteration: nobody is asked for it.
pub(super) const BACKGROUND: &[&str] = &["rate of ", "frequency of ", "incidence of ", "prevalence of "];

/// What everybody must bring, before the patients whom it concerns.
pub(super) const REQUIRED: &[&str] = &["required", "must", "should", "prior"];

/// "Breast cancer of any subtype, including HER2-positive": examples of what makes no difference.
pub(super) const INDIFFERENT: &[&str] = &[
    "any subtype",
    "any receptor",
    "any molecular",
    "any histolog",
    "any type",
    "any genotype",
    "all subtypes",
    "all molecular",
    "all comers",
    "all-comers",
    "any status",
];

/// The patient's other alterations beside the one that is asked for: "alone or in combination with other …".
pub(super) const BESIDE: &[&str] = &[
    "combination with other",
    "alone or with other",
    "along with other",
    "occurring with other",
    "occurrence with other",
    "existing with other",
    "concurrent with other",
    "together with other",
    "addition to other",
    "and/or other",
];

/// After an alteration: it is taken beside another one, and not alone.
pub(super) const ONLY_BESIDE: &[&str] = &[
    "if they co-occur",
    "if co-occurring",
    "only if co-occur",
    "if they occur with",
    "only in combination with another",
    "when co-occurring",
];

/// A title about knowledge, not about a treatment for those who have the alteration.
pub(super) const STUDYING: &[&str] = &[
    "epidemiolog",
    "prevalence",
    "frequency of",
    "incidence of",
    "detection of",
    "determination of",
    "clinicopathologic",
    "screening for",
    "testing",
    "diagnos",
    "biomarker",
    "physiopatholog",
    "pathogenesis",
    "registry of",
    "due to",
    "role of",
    "impact of",
    "effect of",
    "correlation",
    "association",
    "predict",
    "relationship",
    "exploration of",
    "characteri",
];

/// A description of an arm that says who is enrolled in it.
pub(super) const ENROLLING: &[&str] = &[
    "patients with",
    "participants with",
    "subjects with",
    "patients who",
    "participants who",
    "cohort",
    "harboring",
    "harbouring",
    "enrol",
    "tumors with",
    "tumours with",
];

/// Whether what somebody is "eligible for" in `near`, in lower case, is the trial.
pub(super) fn is_of_the_trial(near: &str) -> bool {
    let what = near.split_once("eligible for ").map_or("", |(_, what)| what);
    OF_THE_TRIAL.iter().any(|word| what.starts_with(word))
}

/// Whether `text`, in lower case, shuts out whoever it speaks of. "Ineligible for standard therapy" does not: that is what
/// the trial is for.
pub(super) fn shuts(text: &str) -> bool {
    let from_the_trial = |rest: &str| {
        rest.strip_prefix(" for ")
            .or_else(|| rest.strip_prefix(" to receive "))
            .is_none_or(|what| OF_THE_TRIAL.iter().any(|w| what.starts_with(w)))
    };
    any(SHUTTING, text)
        || text.contains("eligible")
            && ["not eligible", "ineligible"].iter().any(|cue| {
                text.match_indices(cue)
                    .any(|(at, _)| from_the_trial(text.get(at + cue.len()..).unwrap_or("")))
            })
}
