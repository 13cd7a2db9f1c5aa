//! What was measured, as it is kept: `bench/results/VERSION.json`, from which the page can be written again.
//!
//! Written by `measure`, read by `page`. Invariant: values stand in the order of their turns, so that equal places of two
//! columns are a pair.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::Result;
use crate::contenders::Contender;

/// All that was measured on one Python in one run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// `3.13.0`
    pub python: String,
    /// The compiler that built Python.
    pub build: String,
    /// The day, `2026-01-31`.
    pub date: String,
    /// Processor, count of cores, and the load at the beginning.
    pub machine: String,
    /// The commit of pausa.
    pub commit: String,
    /// By key of the workload.
    pub measured: BTreeMap<String, Group>,
}

/// One workload under all contenders.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// Seconds an iteration, unless the workload has another unit.
    pub columns: BTreeMap<Contender, Column>,
    /// What there is to know about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// One contender's values.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// One a turn.
    pub values: Vec<f64>,
    /// Log messages that never arrived.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub lost: u64,
    /// Why there are no more values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<String>,
}

fn is_zero(value: &u64) -> bool {
    *value == 0
}

impl Column {
    /// A column without values.
    pub fn failed(why: String) -> Self {
        Self { failed: Some(why), ..Self::default() }
    }
}

impl Group {
    /// A contender's values; none if it has not been measured.
    pub fn values(&self, contender: Contender) -> &[f64] {
        self.columns.get(&contender).map_or(&[], |column| &column.values)
    }
}

impl Report {
    /// Writes it as `VERSION.json`.
    pub fn write(&self, folder: &Path) -> Result<()> {
        let minor = self.minor();
        let text = serde_json::to_string(&rounded(self.clone())).map_err(|error| error.to_string())?;
        // A group a line: a new run then shows as lines that changed.
        let text = text.replace("\"measured\":{", "\"measured\":{\n").replace("}},\"", "}},\n\"");
        std::fs::create_dir_all(folder)
            .and_then(|()| std::fs::write(folder.join(format!("3.{minor}.json")), text + "\n"))
            .map_err(|error| format!("cannot write the results: {error}"))
    }

    /// 13 for Python 3.13.
    pub fn minor(&self) -> u32 {
        self.python.split('.').nth(1).and_then(|minor| minor.parse().ok()).unwrap_or(0)
    }
}

/// All reports of a folder, oldest Python first.
pub fn read(folder: &Path) -> Result<Vec<Report>> {
    let entries = std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut reports = Vec::new();
    for path in entries.flatten().map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|e| e == "json"))
    {
        let failed = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
        let text = std::fs::read_to_string(&path).map_err(|error| failed(&error))?;
        reports.push(serde_json::from_str::<Report>(&text).map_err(|error| failed(&error))?);
    }
    reports.sort_by_key(Report::minor);
    Ok(reports)
}

/// Four digits are more than the machine can tell.
fn rounded(mut report: Report) -> Report {
    let columns = report.measured.values_mut().flat_map(|group| group.columns.values_mut());
    for value in columns.flat_map(|column| &mut column.values) {
        *value = format!("{value:.3e}").parse().unwrap_or(*value);
    }
    report
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let column = Column { values: vec![1.5e-9, 2.0], lost: 3, failed: Some("gone".into()) };
        let columns = BTreeMap::from([(Contender::Plain, Column::default()), (Contender::PausaIdle, column)]);
        let group = Group { columns, note: Some("a note".into()) };
        let measured = BTreeMap::from([("loop".to_owned(), group), ("other".to_owned(), Group::default())]);
        let report = Report { python: "3.13.0".into(), measured, ..Report::default() };
        let folder = tempfile::tempdir().unwrap();
        report.write(folder.path()).unwrap();
        assert_eq!(read(folder.path()).unwrap(), [report]);
    }
}
