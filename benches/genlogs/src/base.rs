//! Random numbers from a seed, and the ways in which logs write a time.

#[derive(Clone)]
pub(crate) struct Rng(pub(crate) u64);
impl Rng {
    pub(crate) fn new(seed: u64) -> Self {
        Rng(seed ^ 0x9e37_79b9_7f4a_7c15)
    }
    #[inline]
    pub(crate) fn u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
    #[inline]
    pub(crate) fn below(&mut self, n: usize) -> usize {
        ((self.u64() as u128 * n as u128) >> 64) as usize
    }
    #[inline]
    pub(crate) fn f(&mut self) -> f64 {
        (self.u64() >> 11) as f64 / (1u64 << 53) as f64
    }
    #[inline]
    pub(crate) fn chance(&mut self, p: f64) -> bool {
        self.f() < p
    }
    /// log-uniform rank in 0..n: close to Zipf with s = 1
    #[inline]
    pub(crate) fn zipf(&mut self, n: usize) -> usize {
        (((n + 1) as f64).powf(self.f()) as usize).saturating_sub(1).min(n - 1)
    }
    pub(crate) fn range(&mut self, a: usize, b: usize) -> usize {
        a + self.below(b - a)
    }
    pub(crate) fn poisson(&mut self, mean: f64) -> usize {
        if mean > 40.0 {
            // normal approximation (sum of 12 uniforms)
            let mut s = -6.0;
            for _ in 0..12 {
                s += self.f();
            }
            return (mean + s * mean.sqrt()).round().max(0.0) as usize;
        }
        let l = (-mean).exp();
        let (mut k, mut p) = (0usize, 1.0);
        loop {
            p *= self.f();
            if p <= l {
                return k;
            }
            k += 1;
        }
    }
}

pub(crate) const MON: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/// (year, month 1.., day, h, m, s) from unix seconds, UTC
pub(crate) fn civil(t: i64) -> (i64, usize, i64, i64, i64, i64) {
    let days = t.div_euclid(86400);
    let sod = t.rem_euclid(86400);
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let d = doy - (153 * mp + 2) / 5 + 1;
    let m = if mp < 10 { mp + 3 } else { mp - 9 };
    let y = yoe + era * 400 + i64::from(m <= 2);
    (y, m as usize, d, sod / 3600, sod / 60 % 60, sod % 60)
}
pub(crate) fn nginx_time(t: i64) -> String {
    let (y, m, d, h, mi, s) = civil(t);
    format!("{d:02}/{}/{y}:{h:02}:{mi:02}:{s:02} +0000", MON[m - 1])
}
pub(crate) fn err_time(t: i64) -> String {
    let (y, m, d, h, mi, s) = civil(t);
    format!("{y}/{m:02}/{d:02} {h:02}:{mi:02}:{s:02}")
}
pub(crate) fn iso(t: i64) -> String {
    let (y, m, d, h, mi, s) = civil(t);
    format!("{y}-{m:02}-{d:02}T{h:02}:{mi:02}:{s:02}Z")
}
pub(crate) fn dash_time(t: i64) -> String {
    let (y, m, d, h, mi, s) = civil(t);
    format!("{y}-{m:02}-{d:02} {h:02}:{mi:02}:{s:02}")
}
