//! The command line: what is to be done, and the settings as flags.
//!
//! The commands are written here; the flags of the settings are made from the table in [`crate::config`], so that a
//! setting can't have a variable and lack a flag.

use crate::config::{BadSetting, Config, Role, SETTINGS, Setting};
use crate::http::Listen;
use clap::{Arg, ArgMatches, Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use clap_complete::Shell;
use trials::question::RawFilters;

/// Which clinical trials would take a patient with this mutation?
///
/// Asks ClinicalTrials.gov by gene, reads each record criterion by criterion, and shows the trials that target or allow
/// the mutation, each with the words that say so. A reading aid: a clinician decides.
#[derive(Debug, Parser)]
#[command(name = "clinical-trials-mcp", version, disable_help_subcommand = true)]
pub struct Cli {
    /// What is to be done; without one: serve.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What is to be done.
#[derive(Debug, Subcommand)]
#[allow(clippy::large_enum_variant, reason = "there is one of it in a process")]
pub enum Command {
    /// MCP server on stdin and stdout (what runs when no command is given)
    Serve,
    /// MCP server over HTTP for many clients, with health and figures for its operator; keeps its cache warm
    Daemon {
        /// Where it listens: an IP address and a port; beyond this machine only with a token
        #[arg(long, value_name = "ADDRESS:PORT", default_value = Listen::DEFAULT)]
        listen: String,
    },
    /// Ask in the terminal, by the same path as the tools
    Find(Find),
    /// Try configuration, stores, registry and exporter one by one, and say what is wrong and how to mend it
    #[command(after_help = "Exit code: 0 the server could work, 1 it could not, 2 a setting was refused.")]
    Doctor,
    /// The deprecated synchronous MCP server: one request at a time, no cache
    Legacy,
    /// Print completions for a shell
    Completions {
        /// Which shell
        shell: Shell,
    },
}

/// `find`: one or several mutations, filters, and how to print.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Exit code: 0 answered, 1 a question failed, 2 the input was refused.\n\n\
    Stances: targets = it enrols because of this alteration; allows = a patient with it may enrol;\n\
    excludes = a patient with it can't; silent = the record does not decide."
)]
pub struct Find {
    /// Mutations as a report spells them: "EGFR L858R", "EML4::ALK", "HER2 amplification", "MSI-H"
    #[arg(required = true, value_name = "MUTATION")]
    pub mutations: Vec<String>,
    /// open (recruiting, not yet recruiting, by invitation), all, or registry values such as COMPLETED [default: open]
    #[arg(long, help_heading = FILTERS)]
    pub status: Vec<String>,
    /// 1, 2, 1/2, early, NA, PHASE3 …
    #[arg(long, help_heading = FILTERS)]
    pub phase: Vec<String>,
    /// Words of the condition, such as "lung cancer"
    #[arg(long, value_name = "WORDS", help_heading = FILTERS)]
    pub condition: Option<String>,
    /// A country with an open site
    #[arg(long, value_name = "NAME", help_heading = FILTERS)]
    pub country: Option<String>,
    /// A site within KM of a place, in degrees north and east; 100 km where KM is left out
    #[arg(long, value_name = "LAT,LON[,KM]", allow_hyphen_values = true, value_parser = near, help_heading = FILTERS)]
    pub near: Option<(f64, f64, Option<f64>)>,
    /// The patient's age: 65, or "6 months"
    #[arg(long, help_heading = FILTERS)]
    pub age: Option<String>,
    /// The patient's sex: female, male or all
    #[arg(long, help_heading = FILTERS)]
    pub sex: Option<String>,
    /// targets, allows, silent, excludes [default: targets,allows]
    #[arg(long, help_heading = FILTERS)]
    pub stances: Vec<String>,
    /// Trials on a page, 1 to 50 [default: 10]
    #[arg(long, value_name = "N", allow_negative_numbers = true, help_heading = PRINTING)]
    pub limit: Option<i64>,
    /// Trials to pass over [default: 0]
    #[arg(long, value_name = "N", allow_negative_numbers = true, help_heading = PRINTING)]
    pub offset: Option<i64>,
    /// brief, standard or full [default: standard]
    #[arg(long, help_heading = PRINTING)]
    pub detail: Option<String>,
    /// Print JSON, for scripts
    #[arg(long, help_heading = PRINTING)]
    pub json: bool,
}

const FILTERS: &str = "Filters";
const PRINTING: &str = "Printing";
const SETTING_FLAGS: &str = "Settings (flag, else variable, else default)";

/// A command line, read.
#[derive(Debug)]
pub struct Invocation {
    /// What is to be done.
    pub command: Command,
    matches: ArgMatches,
}

impl Invocation {
    /// Reads the process's arguments. Help and misuse end the process here, as clap does it: code 0 and 2.
    #[must_use]
    pub fn from_arguments() -> Self {
        Self::read(std::env::args_os()).unwrap_or_else(|error| error.exit())
    }

    /// Reads these arguments, the program's name first.
    ///
    /// # Errors
    /// Help, version or misuse, ready to be printed.
    pub fn read<I, T>(arguments: I) -> Result<Self, clap::Error>
    where
        I: IntoIterator<Item = T>,
        T: Into<std::ffi::OsString> + Clone,
    {
        let matches = command().try_get_matches_from(arguments)?;
        let cli = Cli::from_arg_matches(&matches)?;
        Ok(Self {
            command: cli.command.unwrap_or(Command::Serve),
            matches,
        })
    }

    /// The settings of these flags and of the process's environment.
    ///
    /// # Errors
    /// The first setting that can't be used.
    pub fn config(&self) -> Result<Config, BadSetting> {
        // A flag given after the command is in the command's own matches, and clap passes it up to none.
        let innermost = self.matches.subcommand().map_or(&self.matches, |(_, matches)| matches);
        let role = match self.command {
            Command::Daemon { .. } => Role::Daemon,
            _ => Role::Session,
        };
        Config::read(
            role,
            |flag| innermost.try_get_one::<String>(flag).ok().flatten().cloned(),
            |name| {
                // Of proxies both cases are in use, and many programs know the lower one alone.
                let lower = || {
                    name.ends_with("_PROXY")
                        .then(|| std::env::var_os(name.to_ascii_lowercase()))?
                };
                std::env::var_os(name).or_else(lower)
            },
        )
    }
}

impl Find {
    /// The filters as written, not yet checked.
    #[must_use]
    pub fn filters(&self) -> RawFilters {
        RawFilters {
            condition: self.condition.clone(),
            status: self.status.clone(),
            phase: self.phase.clone(),
            country: self.country.clone(),
            near: self.near,
            age: self.age.clone(),
            sex: self.sex.clone(),
            limit: self.limit,
            offset: self.offset,
            detail: self.detail.clone(),
            stances: self.stances.clone(),
        }
    }
}

/// The whole command line, the flags of the settings included; also what completions are made from.
#[must_use]
pub fn command() -> clap::Command {
    SETTINGS
        .iter()
        .filter_map(argument)
        .fold(Cli::command(), clap::Command::arg)
}

/// The flag of a setting; none for a secret.
fn argument(setting: &Setting) -> Option<Arg> {
    let flag = setting.flag()?;
    let mut help = format!("{} [{}", setting.help, setting.variable);
    if let Some(default) = setting.default {
        help.push_str("; default: ");
        help.push_str(default);
    }
    if let Some(default) = setting.default_in_daemon {
        help.push_str("; in the daemon: ");
        help.push_str(default);
    }
    help.push(']');
    let argument = Arg::new(flag.clone())
        .long(flag)
        .value_name(setting.value_name())
        .allow_hyphen_values(true)
        .global(true)
        .help(help)
        .help_heading(SETTING_FLAGS);
    // What has no effect yet is not offered, but is read where someone gives it.
    Some(argument)
}

/// Reads `LAT,LON` or `LAT,LON,KM`; whether they are on Earth is the filters' business.
fn near(text: &str) -> Result<(f64, f64, Option<f64>), String> {
    let numbers: Option<Vec<f64>> = text.split(',').map(|part| part.trim().parse().ok()).collect();
    match numbers.as_deref() {
        Some([latitude, longitude]) => Ok((*latitude, *longitude, None)),
        Some([latitude, longitude, km]) => Ok((*latitude, *longitude, Some(*km))),
        _ => Err("allowed is LAT,LON or LAT,LON,KM in degrees and kilometres, such as 48.14,11.58,50".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &[&str]) -> Result<Invocation, clap::Error> {
        Invocation::read(std::iter::once("clinical-trials-mcp").chain(line.iter().copied()))
    }

    #[test]
    fn the_command_line_is_consistent() {
        command().debug_assert();
    }

    #[test]
    fn without_a_command_it_serves() {
        assert!(matches!(read(&[]).expect("read").command, Command::Serve));
        assert!(matches!(
            read(&["--registry", "sample"]).expect("read").command,
            Command::Serve
        ));
    }

    #[test]
    fn a_setting_may_stand_before_or_after_the_command() {
        for line in [
            &["--question-timeout", "3", "find", "EGFR L858R"],
            &["find", "EGFR L858R", "--question-timeout", "3"],
        ] {
            let config = read(line).expect("read").config().expect("usable");
            assert_eq!(config.actors.question_timeout.as_secs(), 3);
        }
    }

    #[test]
    fn find_takes_several_mutations_and_every_filter() {
        let line = [
            "find",
            "EGFR L858R",
            "MSI-H",
            "--status",
            "all",
            "--phase",
            "2,3",
            "--near",
            "-33.9,151.2",
            "--age",
            "6 months",
            "--sex",
            "female",
            "--limit",
            "-1",
            "--stances",
            "targets",
            "--json",
        ];
        let Command::Find(find) = read(&line).expect("read").command else {
            panic!("another command");
        };
        assert_eq!(find.mutations, ["EGFR L858R", "MSI-H"]);
        let filters = find.filters();
        assert_eq!(
            filters.phase,
            ["2,3"],
            "split where it is known which values have a comma of their own"
        );
        assert_eq!(filters.near, Some((-33.9, 151.2, None)));
        assert_eq!(filters.limit, Some(-1));
        assert!(find.json);
    }

    #[test]
    fn misuse_is_refused_with_code_2() {
        for line in [
            &["find"][..],
            &["find", "EGFR", "--near", "here"],
            &["--no-such-flag"],
            &["completions", "abacus"],
        ] {
            assert_eq!(read(line).expect_err("refused").exit_code(), 2, "{line:?}");
        }
    }
}
