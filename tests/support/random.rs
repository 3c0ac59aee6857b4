//! Random choices that a printed seed repeats. A run without `ALERTSMITH_SEED` draws the same cases each time: what is green
//! stays green until the code changes; other seeds are for looking further.

use proptest::test_runner::{Config, RngSeed};

/// A small generator (SplitMix64): good enough to vary test cases, and the same on every machine.
pub struct Random(u64);

impl Random {
    /// Starts from `ALERTSMITH_SEED`, or from `default`; prints the seed, so that a failure can be repeated.
    pub fn seeded(test: &str, default: u64) -> Self {
        let seed = chosen_seed().unwrap_or(default);
        eprintln!("{test}: ALERTSMITH_SEED={seed}");
        Self(seed)
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to `limit - 1`.
    pub fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.bits() % limit.max(1) as u64).unwrap()
    }

    /// True once in `times`.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// One of the items.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }

    /// One of the words.
    pub fn word(&mut self, words: &[&'static str]) -> &'static str {
        let chosen: &&str = self.pick(words);
        chosen
    }
}

/// How many cases a generated test runs: `ALERTSMITH_CASES`, or the small number that every run can afford.
pub fn cases(default: usize) -> usize {
    std::env::var("ALERTSMITH_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(default)
}

fn chosen_seed() -> Option<u64> {
    std::env::var("ALERTSMITH_SEED").ok().and_then(|seed| seed.parse().ok())
}

/// How a property draws its cases: as many as [`cases`] says, from `ALERTSMITH_SEED` or a seed of its own.
pub fn drawing(default: usize) -> Config {
    Config {
        cases: u32::try_from(cases(default)).unwrap(),
        // Conditions on what is drawn are rare ones; their number grows with the cases.
        max_global_rejects: u32::try_from(cases(default)).unwrap().saturating_add(1024),
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(chosen_seed().unwrap_or(0x00A1_E275)),
        ..Config::default()
    }
}
