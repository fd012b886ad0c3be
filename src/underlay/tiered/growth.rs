//! The links of a generated graph, grown AS by AS.

use std::collections::BTreeSet;

use crate::random::Stream;

/// Exponent of the Zipf law of attraction over transit ASes; see the test for what it was fitted to.
const ATTRACTION: f64 = 1.05;
/// Probability that a stub's provider is a tier-1 AS.
const TIER1_PROVIDER: f64 = 0.1;
/// Probability of one more provider, beyond two.
const FURTHER_PROVIDER: f64 = 0.3;
/// Most providers of one AS.
const MOST_PROVIDERS: usize = 6;
/// Longest provider chain (the real graph's has 18 links), well inside what routing supports.
const LONGEST_CHAIN: u32 = 12;
/// Draws before a search gives up drawing and takes the first that fits.
const DRAWS: u32 = 64;

/// A growing graph; ASes are positions: tier 1, other transit, stubs.
pub(super) struct Growth {
    tier1: u32,
    transit: u32,
    /// Sum of the attraction of the transit ASes before each position.
    attraction: Vec<f64>,
    providers: Vec<Vec<u32>>,
    customers: Vec<Vec<u32>>,
    depth: Vec<u32>,
    peers: BTreeSet<(u32, u32)>,
}

impl Growth {
    /// Tier 1 alone, in a full mesh.
    pub(super) fn new(ases: u32, tier1: u32, transit: u32) -> Self {
        let mut attraction = Vec::with_capacity(transit as usize + 1);
        let mut sum = 0.0;
        attraction.push(sum);
        for rank in 0..transit {
            sum += libm::pow(f64::from(rank) + 1.0, -ATTRACTION);
            attraction.push(sum);
        }
        let none = || vec![Vec::new(); ases as usize];
        let mesh = (0..tier1).flat_map(|b| (0..b).map(move |a| (a, b)));
        Self {
            tier1,
            transit,
            attraction,
            providers: none(),
            customers: none(),
            depth: vec![0; ases as usize],
            peers: mesh.collect(),
        }
    }

    /// A transit AS from `low..high`, by attraction.
    fn attracted(&self, low: u32, high: u32, stream: &mut Stream) -> u32 {
        let (from, to) = (self.attraction[low as usize], self.attraction[high as usize]);
        let mark = from + stream.uniform() * (to - from);
        let past = self.attraction.partition_point(|sum| *sum <= mark) as u32;
        past.saturating_sub(1).clamp(low, high - 1)
    }

    fn link(&mut self, provider: u32, customer: u32) {
        self.providers[customer as usize].push(provider);
        self.customers[provider as usize].push(customer);
        let depth = self.depth[provider as usize] + 1;
        self.depth[customer as usize] = self.depth[customer as usize].max(depth);
    }

    fn may_sell(&self, provider: u32, customer: u32) -> bool {
        self.depth[provider as usize] < LONGEST_CHAIN && !self.providers[customer as usize].contains(&provider)
    }

    /// One more provider for `customer`, drawn by `draw` from `0..high`; tier 1 never is too deep, so that the search in
    /// order ends as long as `customer` lacks one of them.
    fn attach(&mut self, customer: u32, high: u32, stream: &mut Stream, draw: impl Fn(&Self, &mut Stream) -> u32) {
        let drawn = (0..DRAWS).map(|_| draw(self, stream)).find(|provider| self.may_sell(*provider, customer));
        let provider = drawn.or_else(|| (0..high).find(|provider| self.may_sell(*provider, customer)));
        if let Some(provider) = provider {
            self.link(provider, customer);
        }
    }

    fn provider_count(multihomed: bool, most: u32, stream: &mut Stream) -> usize {
        let mut count = if multihomed { 2 } else { 1 };
        while multihomed && count < MOST_PROVIDERS && stream.uniform() < FURTHER_PROVIDER {
            count += 1;
        }
        count.min(most as usize)
    }

    /// The transit ASes below tier 1.
    pub(super) fn add_transit(&mut self, multihomed_share: f64, mut stream: Stream) {
        for customer in self.tier1..self.transit {
            let multihomed = stream.uniform() < multihomed_share;
            let count = Self::provider_count(multihomed, customer, &mut stream);
            for _ in 0..count {
                self.attach(customer, customer, &mut stream, |growth, stream| growth.attracted(0, customer, stream));
            }
        }
    }

    /// The stubs, exactly `multihomed_share` of them with several providers.
    pub(super) fn add_stubs(&mut self, multihomed_share: f64, mut stream: Stream) {
        let ases = self.providers.len() as u32;
        let mut order: Vec<u32> = (self.transit..ases).collect();
        stream.shuffle(&mut order);
        let several = (multihomed_share * order.len() as f64).round() as usize;
        let mut multihomed = vec![false; ases as usize];
        for stub in &order[..several] {
            multihomed[*stub as usize] = true;
        }
        stream.shuffle(&mut order);
        let mut free = order.into_iter();
        for transit in 0..self.transit {
            if self.customers[transit as usize].is_empty()
                && let Some(stub) = free.next()
            {
                self.link(transit, stub);
            }
        }
        let (tier1, transit) = (self.tier1, self.transit);
        for stub in transit..ases {
            let count = Self::provider_count(multihomed[stub as usize], transit, &mut stream);
            for _ in self.providers[stub as usize].len()..count {
                self.attach(stub, transit, &mut stream, |growth, stream| {
                    if tier1 == transit || stream.uniform() < TIER1_PROVIDER {
                        growth.attracted(0, tier1, stream)
                    } else {
                        growth.attracted(tier1, transit, stream)
                    }
                });
            }
        }
    }

    /// Up to `wanted` peering links below tier 1; returns how many there was room for.
    pub(super) fn add_peering(&mut self, wanted: u32, mut stream: Stream) -> u32 {
        let (tier1, transit) = (self.tier1, self.transit);
        if transit - tier1 < 2 {
            return 0;
        }
        let mut made = 0;
        for _ in 0..u64::from(wanted) * u64::from(DRAWS) {
            if made == wanted {
                break;
            }
            let one = tier1 + stream.below(u64::from(transit - tier1)) as u32;
            let other = self.attracted(tier1, transit, &mut stream);
            let (a, b) = (one.min(other), one.max(other));
            // The provider of the two, if any, has the lower number.
            if a != b && !self.providers[b as usize].contains(&a) && self.peers.insert((a, b)) {
                made += 1;
            }
        }
        made
    }

    /// Customers of an AS, in the order in which they came.
    pub(super) fn customers_of(&self, provider: u32) -> &[u32] {
        &self.customers[provider as usize]
    }

    /// (provider, customer) of every transit link.
    pub(super) fn transit_links(&self) -> impl Iterator<Item = (u32, u32)> {
        self.customers
            .iter()
            .enumerate()
            .flat_map(|(provider, customers)| customers.iter().map(move |customer| (provider as u32, *customer)))
    }

    /// The ends of every peering link, the lower first.
    pub(super) fn peer_links(&self) -> impl Iterator<Item = (u32, u32)> {
        self.peers.iter().copied()
    }
}
