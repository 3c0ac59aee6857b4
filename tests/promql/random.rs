//! Numbers from a seed, the same on every machine.

/// A small generator of pseudo-random numbers (SplitMix64).
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `limit`, which is not 0.
    pub fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).unwrap()
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

/// How many cases to run: the number given, or what the environment says for a longer run.
pub fn cases(usual: usize) -> usize {
    std::env::var("ALERTSMITH_CASES").ok().and_then(|count| count.parse().ok()).unwrap_or(usual)
}

/// The seed, which the environment can change for a longer run.
pub fn seed() -> u64 {
    std::env::var("ALERTSMITH_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1)
}
