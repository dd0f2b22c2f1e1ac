//! The site: its visitors, what they ask for, and the incidents that befall it.

use crate::base::Rng;

pub(crate) const WORDS: &[&str] = &[
    "blue", "green", "oak", "steel", "garden", "chair", "table", "lamp", "desk", "winter", "summer", "jacket", "boots",
    "cotton", "linen", "classic", "modern", "compact", "travel", "kitchen", "knife", "board", "coffee", "grinder",
    "kettle", "glass", "bottle", "mug", "plate", "bowl", "shelf", "frame", "mirror", "rug", "curtain", "pillow",
    "blanket", "towel", "basket", "clock", "radio", "speaker", "cable", "charger", "battery", "light", "bulb",
    "switch", "socket", "drill", "hammer", "wrench", "screw", "paint", "brush", "ladder", "hose", "rake", "spade",
    "pot", "seed", "soil", "fence", "gate", "bench", "tent", "stove", "lantern", "rope", "map", "compass", "helmet",
    "pedal", "saddle", "chain", "tyre", "pump", "lock", "bell", "rack", "bag", "wallet", "belt", "watch", "ring",
    "scarf", "gloves", "hat", "socks", "shirt", "trousers", "dress", "skirt", "coat", "vest", "sandals",
];
pub(crate) const CATS: &[&str] = &[
    "furniture",
    "kitchen",
    "garden",
    "clothing",
    "outdoor",
    "tools",
    "lighting",
    "cycling",
    "accessories",
    "sale",
    "new",
    "bathroom",
    "bedroom",
    "office",
    "kids",
    "pets",
];
pub(crate) const HOSTS: &[&str] = &["shop.example.com", "www.example.com", "m.example.com"];
pub(crate) const EXT_REF: &[&str] = &[
    "https://www.google.com/",
    "https://www.bing.com/",
    "https://duckduckgo.com/",
    "https://www.google.de/",
    "https://www.google.co.uk/",
    "https://t.co/9xQbTzKwLr",
    "https://www.facebook.com/",
    "https://news.ycombinator.com/",
    "android-app://com.google.android.googlequicksearchbox/",
    "https://www.reddit.com/",
    "https://l.instagram.com/",
];
pub(crate) const ASSETS: &[(&str, usize)] = &[
    ("/static/css/app.7f3ac91b.css", 48211),
    ("/static/css/vendor.11b0d2ee.css", 121_554),
    ("/static/js/runtime.3c2f9a10.js", 2915),
    ("/static/js/vendor.b81f04c7.js", 301_877),
    ("/static/js/app.90aa1fd3.js", 88_402),
    ("/static/js/product.5d0e4c21.js", 30_118),
    ("/static/js/cart.e1180b9f.js", 17_405),
    ("/static/fonts/inter-regular.woff2", 98_868),
    ("/static/fonts/inter-bold.woff2", 106_140),
    ("/static/img/logo.svg", 3644),
    ("/static/img/sprite.2b1c.svg", 21_930),
    ("/favicon.ico", 15_086),
    ("/static/img/hero-spring.webp", 184_020),
    ("/static/img/payment-icons.png", 9412),
    ("/manifest.webmanifest", 612),
    ("/sw.js", 4210),
];

pub(crate) fn user_agents() -> Vec<String> {
    let mut v = Vec::new();
    for os in [
        "Windows NT 10.0; Win64; x64",
        "Macintosh; Intel Mac OS X 10_15_7",
        "X11; Linux x86_64",
        "Linux; Android 10; K",
    ] {
        for ver in 118..146 {
            let mob = if os.contains("Android") { " Mobile" } else { "" };
            v.push(format!(
                "Mozilla/5.0 ({os}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{ver}.0.0.0{mob} Safari/537.36"
            ));
        }
    }
    for os in ["16_6", "17_1", "17_4_1", "17_6_1", "18_0", "18_1_1", "18_3", "18_5"] {
        let v2 = os.split('_').take(2).collect::<Vec<_>>().join(".");
        v.push(format!("Mozilla/5.0 (iPhone; CPU iPhone OS {os} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/{v2} Mobile/15E148 Safari/604.1"));
    }
    for ver in 115..146 {
        v.push(format!("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:{ver}.0) Gecko/20100101 Firefox/{ver}.0"));
        v.push(format!("Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:{ver}.0) Gecko/20100101 Firefox/{ver}.0"));
    }
    for ver in ["15.6.1", "16.3", "17.2", "17.5", "18.1"] {
        v.push(format!("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/{ver} Safari/605.1.15"));
    }
    for ver in 118..132 {
        v.push(format!("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{ver}.0.0.0 Safari/537.36 Edg/{ver}.0.0.0"));
    }
    v
}
pub(crate) const BOTS: &[&str] = &[
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
    "Mozilla/5.0 (compatible; SemrushBot/7~bl; +http://www.semrush.com/bot.html)",
    "Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)",
    "python-requests/2.32.3",
    "curl/8.5.0",
    "Go-http-client/2.0",
    "kube-probe/1.29",
    "UptimeRobot/2.0",
];
pub(crate) const SCANS: &[&str] = &[
    "/.env",
    "/wp-login.php",
    "/.git/config",
    "/phpmyadmin/index.php",
    "/wp-content/plugins/x/readme.txt",
    "/cgi-bin/luci",
    "/actuator/health",
    "/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php",
    "/owa/auth/logon.aspx",
];
pub(crate) const UPSTREAMS: &[&str] = &["10.20.0.11:8000", "10.20.0.12:8000", "10.20.0.13:8000"];

#[derive(Clone)]
pub(crate) struct Incident {
    pub(crate) kind: &'static str, // oom_502, oom_504, deploy_502, slow_504, oom_only
    pub(crate) start: i64,
    pub(crate) end: i64,
    pub(crate) share: f64,
    pub(crate) oom_at_us: Option<i64>, // unix microseconds
    pub(crate) pid: usize,
    pub(crate) rss_kb: usize,
    pub(crate) n502: u64,
    pub(crate) n504: u64,
    pub(crate) memcg: bool,
}

pub(crate) fn plan(start: i64, secs: i64, n: usize, rng: &mut Rng) -> Vec<Incident> {
    let mut v = Vec::new();
    let kinds = ["oom_502", "oom_502", "oom_504", "deploy_502", "oom_502", "slow_504", "oom_only"];
    for i in 0..n {
        let slot = secs / n as i64;
        let kind = kinds[i % kinds.len()];
        let dur = match kind {
            "oom_502" => rng.range(12, 75),
            "oom_504" => rng.range(45, 150),
            "deploy_502" => rng.range(5, 20),
            "slow_504" => rng.range(60, 240),
            _ => 1,
        } as i64;
        let room = (slot - dur - 60).max(1);
        let at = start + slot * i as i64 + 30 + rng.below(room as usize) as i64;
        let oom = if kind.starts_with("oom") {
            // the kernel kills first, the proxy sees it 0.2..2.5 s later
            Some(at * 1_000_000 - 200_000 - rng.below(2_300_000) as i64)
        } else {
            None
        };
        let share = match kind {
            "oom_502" => 0.35 + rng.f() * 0.5,
            "oom_504" => 0.25 + rng.f() * 0.4,
            "deploy_502" => 0.3 + rng.f() * 0.3,
            "slow_504" => 0.08 + rng.f() * 0.2,
            _ => 0.0,
        };
        v.push(Incident {
            kind,
            start: at,
            end: at + dur,
            share,
            oom_at_us: oom,
            pid: rng.range(1200, 32000),
            rss_kb: rng.range(900_000, 7_800_000),
            n502: 0,
            n504: 0,
            memcg: i % 3 == 1,
        });
    }
    v
}

#[derive(Clone)]
pub(crate) struct Session {
    pub(crate) ip: String,
    pub(crate) ua: usize,
    pub(crate) bot: bool,
    pub(crate) page: String,
    pub(crate) referer: String,
    pub(crate) pending: Vec<u8>,
    pub(crate) left: u32,
    pub(crate) user: bool,
    pub(crate) host: &'static str,
}

pub(crate) struct World {
    pub(crate) rng: Rng,
    pub(crate) uas: Vec<String>,
    pub(crate) products: Vec<String>,
    pub(crate) sessions: Vec<Session>,
    pub(crate) cur: usize,
}

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        let mut rng = Rng::new(seed);
        let uas = user_agents();
        let mut products = Vec::new();
        for i in 0..6000 {
            let a = WORDS[rng.below(WORDS.len())];
            let b = WORDS[rng.below(WORDS.len())];
            let c = WORDS[rng.below(WORDS.len())];
            products.push(format!("{a}-{b}-{c}-{}", 10_000 + i * 7));
        }
        let mut w = World { rng, uas, products, sessions: Vec::new(), cur: 0 };
        for _ in 0..420 {
            let s = w.new_session();
            w.sessions.push(s);
        }
        w
    }
    pub(crate) fn ip(&mut self) -> String {
        // 60 000 addresses with a long tail: derived from the rank, so they repeat
        let r = self.rng.zipf(60_000) as u64;
        let mut h = Rng::new(r.wrapping_mul(7919) + 17);
        if h.chance(0.1) {
            format!("2a02:{:x}:{:x}:{:x}::{:x}", h.below(0xffff), h.below(0xffff), h.below(0xffff), h.below(0xffff))
        } else {
            format!("{}.{}.{}.{}", h.range(2, 223), h.below(256), h.below(256), h.range(1, 255))
        }
    }
    pub(crate) fn new_session(&mut self) -> Session {
        let bot = self.rng.chance(0.10);
        let ip = self.ip();
        let ua = if bot { self.rng.below(BOTS.len()) } else { self.rng.zipf(self.uas.len()) };
        let referer = if bot || self.rng.chance(0.4) {
            "-".to_string()
        } else {
            EXT_REF[self.rng.zipf(EXT_REF.len())].to_string()
        };
        let host = HOSTS[self.rng.zipf(HOSTS.len())];
        let left = 1 + self.rng.zipf(30) as u32;
        let user = self.rng.chance(0.004);
        Session { ip, ua, bot, page: String::new(), referer, pending: Vec::new(), left, user, host }
    }
}

pub(crate) struct Req {
    pub(crate) ip: String,
    pub(crate) user: bool,
    pub(crate) method: &'static str,
    pub(crate) url: String,
    pub(crate) proto: &'static str,
    pub(crate) status: u16,
    pub(crate) bytes: usize,
    pub(crate) referer: String,
    pub(crate) ua: String,
    pub(crate) dynamic: bool,
    pub(crate) rt_ms: usize,
    pub(crate) host: &'static str,
    pub(crate) raw_bad: bool,
}

impl World {
    /// next request, before any incident changes its status
    pub(crate) fn next(&mut self) -> Req {
        // rare line noise: TLS to a plain port, empty requests
        if self.rng.chance(0.0004) {
            let ip = self.ip();
            let (u, st) = match self.rng.below(3) {
                0 => ("\\x16\\x03\\x01\\x02\\x00\\x01\\x00\\x01\\xFC\\x03\\x03\\xB7".to_string(), 400),
                1 => ("-".to_string(), 408),
                _ => ("\\x00\\x0E8\\x1A\\xF2\\x87\\x19\\xAA\\xC6\\xD5\\x00\\x00\\x00\\x00\\x00".to_string(), 400),
            };
            return Req {
                ip,
                user: false,
                method: "",
                url: u,
                proto: "",
                status: st,
                bytes: 150,
                referer: "-".into(),
                ua: "-".into(),
                dynamic: false,
                rt_ms: 0,
                host: "_",
                raw_bad: true,
            };
        }
        let n = self.sessions.len();
        if self.sessions[self.cur].pending.is_empty() || self.rng.chance(0.35) {
            self.cur = self.rng.below(n);
        }
        let i = self.cur;
        if self.sessions[i].left == 0 && self.sessions[i].pending.is_empty() {
            let s = self.new_session();
            self.sessions[i] = s;
        }
        let proto = if self.sessions[i].bot { "HTTP/1.1" } else { "HTTP/2.0" };
        if let Some(a) = self.sessions[i].pending.pop() {
            let (u, b) = ASSETS[a as usize];
            let s = &self.sessions[i];
            let referer = format!("https://{}{}", s.host, s.page);
            let cached = self.rng.chance(0.25);
            let rt = self.rng.zipf(20);
            let s = &self.sessions[i];
            return Req {
                ip: s.ip.clone(),
                user: s.user,
                method: "GET",
                url: u.to_string(),
                proto,
                status: if cached { 304 } else { 200 },
                bytes: if cached { 0 } else { b },
                referer,
                ua: self.uas[s.ua].clone(),
                dynamic: false,
                rt_ms: rt,
                host: s.host,
                raw_bad: false,
            };
        }
        // a page or an API call
        let rng = &mut self.rng;
        let bot = self.sessions[i].bot;
        let mut method = "GET";
        let mut assets = false;
        let mut dynamic = true;
        let r = rng.f();
        let url = if bot && rng.chance(0.06) {
            SCANS[rng.below(SCANS.len())].to_string()
        } else if r < 0.30 {
            assets = true;
            format!("/product/{}", self.products[rng.zipf(6000)])
        } else if r < 0.45 {
            assets = true;
            format!("/category/{}?page={}", CATS[rng.zipf(CATS.len())], 1 + rng.zipf(40))
        } else if r < 0.52 {
            assets = true;
            format!("/search?q={}+{}&sort=price", WORDS[rng.zipf(WORDS.len())], WORDS[rng.zipf(WORDS.len())])
        } else if r < 0.60 {
            assets = true;
            "/".to_string()
        } else if r < 0.72 {
            format!("/api/v1/recommendations?sku={}&limit=8", 10_000 + rng.zipf(6000) * 7)
        } else if r < 0.80 {
            method = "POST";
            "/api/v1/events".to_string()
        } else if r < 0.85 {
            format!("/api/v1/cart/{:08x}", rng.u64() as u32)
        } else if r < 0.87 {
            method = "POST";
            "/api/v1/cart/items".to_string()
        } else if r < 0.96 {
            dynamic = false;
            let p = &self.products[rng.zipf(6000)];
            format!("/media/cache/thumb_400/{}-{}.webp", p, rng.range(1, 6))
        } else if r < 0.985 {
            "/healthz".to_string()
        } else {
            assets = true;
            format!("/blog/2026/0{}/{}-{}", rng.range(1, 4), WORDS[rng.zipf(60)], WORDS[rng.zipf(60)])
        };
        let scan = SCANS.contains(&url.as_str());
        let x = rng.f();
        let status: u16 = if scan {
            404
        } else if x < 0.9800 {
            if method == "POST" && rng.chance(0.5) {
                201
            } else {
                200
            }
        } else if x < 0.9895 {
            404
        } else if x < 0.9925 {
            if rng.chance(0.5) {
                301
            } else {
                302
            }
        } else if x < 0.9945 {
            403
        } else if x < 0.9965 {
            401
        } else if x < 0.9985 {
            499
        } else if x < 0.9993 {
            429
        } else if x < 0.99985 {
            500
        } else if x < 0.99995 {
            503
        } else if x < 0.99998 {
            502
        } else {
            504
        };
        let bytes = match status {
            301 | 302 => 162,
            404 => 9216 + rng.below(64),
            499 => 0,
            200 if !dynamic => 4000 + rng.below(40_000),
            200 if url.starts_with("/api") => 180 + rng.zipf(9000),
            200 if url == "/healthz" => 15,
            201 => 2 + rng.zipf(400),
            200 => 11_000 + rng.below(60_000),
            _ => 150 + rng.below(80),
        };
        let rt_ms = if dynamic { 8 + rng.zipf(1500) } else { rng.zipf(20) };
        let s = &mut self.sessions[i];
        s.left = s.left.saturating_sub(1);
        let referer =
            std::mem::replace(&mut s.referer, if bot { "-".into() } else { format!("https://{}{}", s.host, url) });
        if assets && !bot && status == 200 {
            s.page = url.clone();
            let k = rng.range(1, 9);
            for _ in 0..k {
                s.pending.push(rng.zipf(ASSETS.len()) as u8);
            }
        }
        let s = &self.sessions[i];
        let ua = if bot { BOTS[s.ua].to_string() } else { self.uas[s.ua].clone() };
        Req {
            ip: s.ip.clone(),
            user: s.user,
            method,
            url,
            proto,
            status,
            bytes,
            referer,
            ua,
            dynamic,
            rt_ms,
            host: s.host,
            raw_bad: false,
        }
    }
}
