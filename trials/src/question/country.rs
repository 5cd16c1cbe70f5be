//! Countries by every name that the registry and people use, so that a filter neither misses a site for its spelling
//! nor quietly asks for a country that doesn't exist.
//!
//! The registry has changed its names over the years ("Turkey", "Turkey (Türkiye)"; "Korea, Republic of",
//! "South Korea") and keeps both in its records.

use super::fold::fold;
use std::fmt;

/// A country. Only the table below makes one, so it is always a real one.
#[derive(Clone, Copy, PartialEq)]
pub struct Country(&'static Row);

/// ISO 3166-1 alpha-2 code, the registry's present name, and other names, folded (see [`fold`]).
type Row = (&'static str, &'static str, &'static [&'static str]);

impl Country {
    /// The country that answers to `name`: a name of the registry, a common one, or an ISO code; whatever its case,
    /// accents, punctuation and spaces.
    #[must_use]
    pub fn read(name: &str) -> Option<Self> {
        let name = fold(name);
        let name = name.strip_prefix("the ").unwrap_or(&name);
        COUNTRIES.iter().find(|row| Self(row).answers_to(name)).map(Self)
    }

    /// The real country whose name is nearest to a misspelt one, if one is near.
    #[must_use]
    pub fn nearest(name: &str) -> Option<Self> {
        let name = fold(name);
        COUNTRIES
            .iter()
            .map(|row| (strsim::damerau_levenshtein(&name, &fold(row.1)), row))
            .filter(|(distance, row)| *distance <= row.1.len() / 4)
            .min_by_key(|(distance, _)| *distance)
            .map(|(_, row)| Self(row))
    }

    /// The registry's present name.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.0.1
    }

    /// Whether a record that says `name` means this country.
    #[must_use]
    pub fn is_called(self, name: &str) -> bool {
        name == self.0.1 || self.answers_to(&fold(name))
    }

    fn answers_to(self, folded: &str) -> bool {
        let (code, name, others) = self.0;
        others.contains(&folded) || code.eq_ignore_ascii_case(folded) || fold(name) == folded
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Countries and territories of ISO 3166-1, with the registry's names of former years.
#[rustfmt::skip]
static COUNTRIES: &[Row] = &[
    ("AF", "Afghanistan", &[]),
    ("AL", "Albania", &[]),
    ("DZ", "Algeria", &[]),
    ("AS", "American Samoa", &[]),
    ("AD", "Andorra", &[]),
    ("AO", "Angola", &[]),
    ("AG", "Antigua and Barbuda", &[]),
    ("AR", "Argentina", &[]),
    ("AM", "Armenia", &[]),
    ("AW", "Aruba", &[]),
    ("AU", "Australia", &["aus"]),
    ("AT", "Austria", &["osterreich", "oesterreich"]),
    ("AZ", "Azerbaijan", &[]),
    ("BS", "Bahamas", &[]),
    ("BH", "Bahrain", &[]),
    ("BD", "Bangladesh", &[]),
    ("BB", "Barbados", &[]),
    ("BY", "Belarus", &[]),
    ("BE", "Belgium", &["belgie", "belgique"]),
    ("BZ", "Belize", &[]),
    ("BJ", "Benin", &[]),
    ("BM", "Bermuda", &[]),
    ("BT", "Bhutan", &[]),
    ("BO", "Bolivia", &["bolivia plurinational state of"]),
    ("BA", "Bosnia and Herzegovina", &["bosnia", "bosnia herzegovina"]),
    ("BW", "Botswana", &[]),
    ("BR", "Brazil", &["brasil"]),
    ("BN", "Brunei", &["brunei darussalam"]),
    ("BG", "Bulgaria", &[]),
    ("BF", "Burkina Faso", &[]),
    ("BI", "Burundi", &[]),
    ("KH", "Cambodia", &[]),
    ("CM", "Cameroon", &[]),
    ("CA", "Canada", &["can"]),
    ("CV", "Cabo Verde", &["cape verde"]),
    ("KY", "Cayman Islands", &[]),
    ("CF", "Central African Republic", &[]),
    ("TD", "Chad", &[]),
    ("CL", "Chile", &[]),
    ("CN", "China", &["people s republic of china", "prc", "mainland china", "chn"]),
    ("CO", "Colombia", &[]),
    ("KM", "Comoros", &[]),
    ("CG", "Republic of the Congo", &["congo"]),
    ("CD", "Democratic Republic of the Congo", &["congo the democratic republic of the", "drc", "dr congo"]),
    ("CR", "Costa Rica", &[]),
    ("CI", "Côte d’Ivoire", &["ivory coast", "cote divoire"]),
    ("HR", "Croatia", &["hrvatska"]),
    ("CU", "Cuba", &[]),
    ("CW", "Curaçao", &[]),
    ("CY", "Cyprus", &[]),
    ("CZ", "Czechia", &["czech republic"]),
    ("DK", "Denmark", &["danmark"]),
    ("DJ", "Djibouti", &[]),
    ("DM", "Dominica", &[]),
    ("DO", "Dominican Republic", &[]),
    ("EC", "Ecuador", &[]),
    ("EG", "Egypt", &[]),
    ("SV", "El Salvador", &[]),
    ("GQ", "Equatorial Guinea", &[]),
    ("ER", "Eritrea", &[]),
    ("EE", "Estonia", &[]),
    ("SZ", "Eswatini", &["swaziland"]),
    ("ET", "Ethiopia", &[]),
    ("FO", "Faroe Islands", &[]),
    ("FJ", "Fiji", &[]),
    ("FI", "Finland", &["suomi"]),
    ("FR", "France", &["fra"]),
    ("GF", "French Guiana", &[]),
    ("PF", "French Polynesia", &[]),
    ("GA", "Gabon", &[]),
    ("GM", "The Gambia", &["gambia"]),
    ("GE", "Georgia", &[]),
    ("DE", "Germany", &["deutschland", "deu", "ger", "federal republic of germany"]),
    ("GH", "Ghana", &[]),
    ("GI", "Gibraltar", &[]),
    ("GR", "Greece", &["hellas"]),
    ("GL", "Greenland", &[]),
    ("GD", "Grenada", &[]),
    ("GP", "Guadeloupe", &[]),
    ("GU", "Guam", &[]),
    ("GT", "Guatemala", &[]),
    ("GN", "Guinea", &[]),
    ("GW", "Guinea-Bissau", &[]),
    ("GY", "Guyana", &[]),
    ("HT", "Haiti", &[]),
    ("VA", "Holy See (Vatican City State)", &["vatican", "vatican city"]),
    ("HN", "Honduras", &[]),
    ("HK", "Hong Kong", &["hong kong sar", "hong kong china"]),
    ("HU", "Hungary", &[]),
    ("IS", "Iceland", &[]),
    ("IN", "India", &[]),
    ("ID", "Indonesia", &[]),
    ("IR", "Iran", &["iran islamic republic of"]),
    ("IQ", "Iraq", &[]),
    ("IE", "Ireland", &["republic of ireland", "eire"]),
    ("IL", "Israel", &[]),
    ("IT", "Italy", &["italia", "ita"]),
    ("JM", "Jamaica", &[]),
    ("JP", "Japan", &["jpn"]),
    ("JO", "Jordan", &[]),
    ("KZ", "Kazakhstan", &[]),
    ("KE", "Kenya", &[]),
    ("XK", "Kosovo", &[]),
    ("KW", "Kuwait", &[]),
    ("KG", "Kyrgyzstan", &[]),
    ("LA", "Laos", &["lao people s democratic republic"]),
    ("LV", "Latvia", &[]),
    ("LB", "Lebanon", &[]),
    ("LS", "Lesotho", &[]),
    ("LR", "Liberia", &[]),
    ("LY", "Libya", &["libyan arab jamahiriya"]),
    ("LI", "Liechtenstein", &[]),
    ("LT", "Lithuania", &[]),
    ("LU", "Luxembourg", &[]),
    ("MO", "Macau", &["macao"]),
    ("MG", "Madagascar", &[]),
    ("MW", "Malawi", &[]),
    ("MY", "Malaysia", &[]),
    ("MV", "Maldives", &[]),
    ("ML", "Mali", &[]),
    ("MT", "Malta", &[]),
    ("MQ", "Martinique", &[]),
    ("MR", "Mauritania", &[]),
    ("MU", "Mauritius", &[]),
    ("MX", "Mexico", &["mex"]),
    ("FM", "Micronesia", &["federated states of micronesia", "micronesia federated states of"]),
    ("MD", "Moldova", &["moldova republic of", "republic of moldova"]),
    ("MC", "Monaco", &[]),
    ("MN", "Mongolia", &[]),
    ("ME", "Montenegro", &[]),
    ("MA", "Morocco", &[]),
    ("MZ", "Mozambique", &[]),
    ("MM", "Myanmar", &["burma", "myanmar burma"]),
    ("NA", "Namibia", &[]),
    ("NP", "Nepal", &[]),
    ("NL", "Netherlands", &["holland", "nederland", "nld"]),
    ("NC", "New Caledonia", &[]),
    ("NZ", "New Zealand", &["aotearoa"]),
    ("NI", "Nicaragua", &[]),
    ("NE", "Niger", &[]),
    ("NG", "Nigeria", &[]),
    ("KP", "North Korea", &["korea democratic people s republic of"]),
    ("MK", "North Macedonia", &["macedonia", "macedonia the former yugoslav republic of", "former yugoslav republic of macedonia"]),
    ("MP", "Northern Mariana Islands", &[]),
    ("NO", "Norway", &["norge"]),
    ("OM", "Oman", &[]),
    ("PK", "Pakistan", &[]),
    ("PS", "Palestine", &["palestinian territory occupied", "palestinian territories", "palestinian territories occupied"]),
    ("PA", "Panama", &[]),
    ("PG", "Papua New Guinea", &[]),
    ("PY", "Paraguay", &[]),
    ("PE", "Peru", &[]),
    ("PH", "Philippines", &[]),
    ("PL", "Poland", &["polska"]),
    ("PT", "Portugal", &[]),
    ("PR", "Puerto Rico", &[]),
    ("QA", "Qatar", &[]),
    ("RE", "Réunion", &[]),
    ("RO", "Romania", &[]),
    ("RU", "Russia", &["russian federation"]),
    ("RW", "Rwanda", &[]),
    ("KN", "Saint Kitts and Nevis", &[]),
    ("LC", "Saint Lucia", &[]),
    ("VC", "Saint Vincent and the Grenadines", &[]),
    ("WS", "Samoa", &[]),
    ("SM", "San Marino", &[]),
    ("ST", "Sao Tome and Principe", &[]),
    ("SA", "Saudi Arabia", &["ksa"]),
    ("SN", "Senegal", &[]),
    ("RS", "Serbia", &["serbia and montenegro", "former serbia and montenegro"]),
    ("SC", "Seychelles", &[]),
    ("SL", "Sierra Leone", &[]),
    ("SG", "Singapore", &[]),
    ("SK", "Slovakia", &["slovak republic"]),
    ("SI", "Slovenia", &[]),
    ("SB", "Solomon Islands", &[]),
    ("SO", "Somalia", &[]),
    ("ZA", "South Africa", &["rsa"]),
    ("KR", "South Korea", &["korea republic of", "republic of korea", "korea", "kor"]),
    ("SS", "South Sudan", &[]),
    ("ES", "Spain", &["espana", "esp"]),
    ("LK", "Sri Lanka", &[]),
    ("SD", "Sudan", &[]),
    ("SR", "Suriname", &[]),
    ("SE", "Sweden", &["sverige"]),
    ("CH", "Switzerland", &["schweiz", "suisse", "svizzera"]),
    ("SY", "Syria", &["syrian arab republic"]),
    ("TW", "Taiwan", &["taiwan province of china", "taiwan r o c", "chinese taipei"]),
    ("TJ", "Tajikistan", &[]),
    ("TZ", "Tanzania", &["tanzania united republic of"]),
    ("TH", "Thailand", &[]),
    ("TL", "Timor-Leste", &["east timor"]),
    ("TG", "Togo", &[]),
    ("TO", "Tonga", &[]),
    ("TT", "Trinidad and Tobago", &[]),
    ("TN", "Tunisia", &[]),
    ("TR", "Turkey (Türkiye)", &["turkey", "turkiye"]),
    ("TM", "Turkmenistan", &[]),
    ("UG", "Uganda", &[]),
    ("UA", "Ukraine", &[]),
    ("AE", "United Arab Emirates", &["uae", "emirates"]),
    ("GB", "United Kingdom", &["uk", "great britain", "britain", "england", "scotland", "wales", "northern ireland", "gbr", "u k"]),
    ("US", "United States", &["usa", "united states of america", "america", "u s", "u s a", "united states usa"]),
    ("UY", "Uruguay", &[]),
    ("UZ", "Uzbekistan", &[]),
    ("VU", "Vanuatu", &[]),
    ("VE", "Venezuela", &["venezuela bolivarian republic of"]),
    ("VN", "Vietnam", &["viet nam"]),
    ("VI", "U.S. Virgin Islands", &["virgin islands u s", "virgin islands us", "us virgin islands", "virgin islands"]),
    ("YE", "Yemen", &[]),
    ("ZM", "Zambia", &[]),
    ("ZW", "Zimbabwe", &[]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_answers_to_every_name_the_registry_and_people_use() {
        for (name, country) in [
            ("Germany", "Germany"),
            (" germany ", "Germany"),
            ("DE", "Germany"),
            ("Deutschland", "Germany"),
            ("USA", "United States"),
            ("U.S.A.", "United States"),
            ("us", "United States"),
            ("the United States of America", "United States"),
            ("UK", "United Kingdom"),
            ("England", "United Kingdom"),
            ("Korea, Republic of", "South Korea"),
            ("South Korea ", "South Korea"),
            ("Turkey", "Turkey (Türkiye)"),
            ("Türkiye", "Turkey (Türkiye)"),
            ("Turkey (Türkiye)", "Turkey (Türkiye)"),
            ("Cote d'Ivoire", "Côte d’Ivoire"),
            ("Côte D’Ivoire", "Côte d’Ivoire"),
            ("Czech Republic", "Czechia"),
            ("Iran, Islamic Republic of", "Iran"),
            ("Reunion", "Réunion"),
            ("Gambia", "The Gambia"),
        ] {
            assert_eq!(Country::read(name).map(Country::name), Some(country), "{name}");
        }
    }

    #[test]
    fn a_country_that_does_not_exist_is_none_and_the_nearest_is_known() {
        for name in ["", "Germny", "Europe", "Narnia", "Bavaria"] {
            assert_eq!(Country::read(name), None, "{name}");
        }
        assert_eq!(Country::nearest("Germny").map(Country::name), Some("Germany"));
        assert_eq!(Country::nearest("Narnia"), None);
    }

    #[test]
    fn no_two_countries_share_a_name() {
        let mut names: Vec<String> = COUNTRIES
            .iter()
            .flat_map(|(code, name, others)| {
                [code.to_lowercase(), fold(name)]
                    .into_iter()
                    .chain(others.iter().map(|other| (*other).to_owned()))
            })
            .collect();
        assert!(names.iter().all(|name| *name == fold(name)), "names are written folded");
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
