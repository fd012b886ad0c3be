//! Row types: one struct per result table. Fields are columns, field docs are the data dictionary.
//!
//! Column names are `snake_case` with a unit suffix. A missing value is an empty cell (`None`), never 0.

#![allow(clippy::doc_markdown, reason = "these docs are the data dictionary's text, printed as they stand")]

mod check;
mod comparison;
mod cost;
mod group;
mod isp;
mod message;
mod network;
mod peer;
mod performance;
mod reference;
mod run;
mod sweep;
mod time_series;

pub use check::CheckRow;
pub use comparison::{ComparisonRow, SummaryRow};
pub use cost::CostRow;
pub use group::GroupRow;
pub use isp::IspRow;
pub use message::MessageRow;
pub use network::{LinkRow, TrafficMatrixRow};
pub use peer::PeerRow;
pub use performance::PerformanceRow;
pub use reference::ReferenceRow;
pub use run::RunRow;
pub use sweep::SweepRow;
pub use time_series::TimeSeriesRow;

/// A column: its name in the table and what it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Name in the header line.
    pub name: &'static str,
    /// One sentence for the data dictionary.
    pub doc: &'static str,
}

/// A result table's row.
pub trait Row: serde::Serialize {
    /// File name inside the results folder.
    const FILE: &'static str;
    /// What one row is.
    const DOC: &'static str;
    /// The columns, in order.
    const COLUMNS: &'static [Column];
}

/// Defines a row type together with its dictionary entry.
macro_rules! row {
    (
        $(#[doc = $doc:literal])+
        $file:literal => $name:ident {
            $( $(#[doc = $field_doc:literal])+ $field:ident : $type:ty ),+ $(,)?
        }
    ) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
        pub struct $name {
            $( $(#[doc = $field_doc])+ pub $field: $type ),+
        }
        impl $crate::metrics::rows::Row for $name {
            const FILE: &'static str = $file;
            const DOC: &'static str = concat!($($doc),+);
            const COLUMNS: &'static [$crate::metrics::rows::Column] = &[
                $( $crate::metrics::rows::Column {
                    name: stringify!($field),
                    doc: concat!($($field_doc),+),
                } ),+
            ];
        }
    };
}
use row;
