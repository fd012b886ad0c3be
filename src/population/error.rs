//! Why a population cannot be built, in sentences for people.

use crate::units::AsNumber;

/// Why a population cannot be built.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PopulationError {
    /// A number of peers or seeds outside its range.
    #[error("`{parameter}` = {found}; expected {expected}")]
    Count {
        /// The parameter's name in scenario files.
        parameter: &'static str,
        /// Its value.
        found: u32,
        /// What is allowed.
        expected: String,
    },
    /// Access shares that are no distribution.
    #[error("the shares of the access classes sum to {sum}; expected shares above 0 that sum to 1")]
    AccessShares {
        /// Their sum.
        sum: f64,
    },
    /// An AS that the underlay does not have.
    #[error("{place} names AS {number}, which the underlay does not have")]
    UnknownAs {
        /// Where it is named.
        place: &'static str,
        /// The AS.
        number: AsNumber,
    },
    /// An AS that is named twice.
    #[error("{place} names AS {number} twice")]
    NamedTwice {
        /// Where it is named.
        place: &'static str,
        /// The AS.
        number: AsNumber,
    },
    /// A weight that is not a number from 0 up.
    #[error("AS {number} has weight {found}; expected a finite number, 0 or more")]
    Weight {
        /// The AS.
        number: AsNumber,
        /// Its weight.
        found: f64,
    },
    /// Nothing to place by.
    #[error("no AS has {what} above 0, so that nobody can be placed")]
    NoWeight {
        /// What there is none of.
        what: &'static str,
    },
    /// `by-subscribers` over an underlay that does not know subscribers.
    #[error(
        "placement `by-subscribers` needs an underlay that knows subscribers; this one does not: name a `file` of them, or take `uniform` or `by-weight`"
    )]
    SubscribersUnknown,
    /// A table that does not fill the population.
    #[error("the placement table has {sum} places for {peers} peers; the two must be equal")]
    TableSum {
        /// Places in the table.
        sum: u64,
        /// Peers.
        peers: u32,
    },
    /// A place from which the control plane cannot be reached.
    #[error("{place} puts somebody into AS {number}, from which no route leads to the servers of the control plane")]
    OutOfReach {
        /// Where the AS is named.
        place: &'static str,
        /// The AS.
        number: AsNumber,
    },
    /// A cache in an ISP that the underlay does not have.
    #[error("`caches` names ISP `{name}`, which the underlay does not have")]
    UnknownIsp {
        /// The ISP.
        name: String,
    },
    /// A cache in an ISP from which the control plane cannot be reached.
    #[error(
        "`caches` puts one into ISP `{isp}`, from none of whose ASes a route leads to the servers of the control plane"
    )]
    CacheOutOfReach {
        /// The ISP.
        isp: String,
    },
    /// Every AS of the placement is out of reach.
    #[error("from none of the {ases} ASes of the placement a route leads to the servers of the control plane")]
    EverybodyOutOfReach {
        /// ASes of the placement.
        ases: usize,
    },
    /// A list of arrivals of another length.
    #[error("the list of arrivals has {found} times for {peers} peers; the two must be equal")]
    ArrivalCount {
        /// Times in the list.
        found: usize,
        /// Peers.
        peers: u32,
    },
    /// A list of arrivals that goes back in time.
    #[error("the list of arrivals goes back in time at entry {entry} (counted from 1); put it in ascending order")]
    ArrivalOrder {
        /// The first entry that is earlier than the one before.
        entry: usize,
    },
    /// A stationary start of what has no steady state.
    #[error(
        "a stationary start needs sessions of finite mean, and gaps of finite mean or `poisson` arrivals; this has no steady state"
    )]
    NoSteadyState,
    /// More people at a stationary start than the population has.
    #[error("more than `peers` = {peers} are there at a stationary start, when the first ones still arrive; take more")]
    StationaryCrowd {
        /// Peers of the scenario.
        peers: u32,
    },
    /// A window of arrivals without extent.
    #[error("the window `within` of `uniform` arrivals must be above zero; for everybody at once take `all-at-once`")]
    NoWindow,
    /// A Poisson process without gaps.
    #[error("the `mean-gap` of `poisson` arrivals must be above zero; for everybody at once take `all-at-once`")]
    NoGap,
    /// A flash crowd without extent.
    #[error("the `decay` of a flash crowd must be above zero; for everybody at once take `all-at-once`")]
    NoDecay,
}
