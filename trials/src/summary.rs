//! An answer as prose that a clinician reads in a minute. Record text is untrusted: it can't leave its place.
