//! A folder with one file of every format, under names that tell nothing: each is taken for what it is, all in one bundle. The
//! files are made of the grammars' own samples; wrappers, access logs of other programs, the kernel and snapshots have theirs
//! here. That no unrelated log is taken for one of them stands in `unrelated`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::corpus::{analyse_members, list};
use crate::packing::Member;

mod unrelated;

/// A file, and the format under which the report must list it.
struct Expected {
    what: String,
    format: String,
    text: String,
}

fn expected(what: &str, format: &str, text: impl Into<String>) -> Expected {
    Expected { what: what.to_owned(), format: format.to_owned(), text: text.into() }
}

/// The samples that a grammar claims, as its program would write them: messages that are told by their writer alone behind a
/// syslog header.
fn of_grammars() -> Vec<Expected> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("grammars");
    let mut files: Vec<_> =
        fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "toml"));
    files.sort();
    files.iter().map(|file| of_grammar(&fs::read_to_string(file).unwrap())).collect()
}

fn of_grammar(text: &str) -> Expected {
    let grammar: toml::Table = text.parse().unwrap();
    let name = grammar["format"].as_str().unwrap();
    let wrapped = grammar.get("only_idents").is_some();
    let mut lines = String::new();
    for (index, sample) in grammar["sample"].as_array().unwrap().iter().enumerate() {
        let claimed = sample.get("reject").is_none_or(|reject| reject.as_bool() != Some(true));
        let line = sample["line"].as_str().unwrap();
        // A line in JSON is the wrapper's, whoever's words it holds.
        let wraps = grammar["role"].as_str() == Some("anywhere") && line.starts_with('{');
        if !claimed || wraps {
            continue;
        }
        let ident = sample.get("ident").and_then(toml::Value::as_str);
        if wrapped {
            let ident = ident.unwrap_or_else(|| panic!("{name}: a sample without ident: {line}"));
            let line = line.replace('\n', "#012");
            lines += &format!(
                "Nov 20 22:{:02}:{:02} web01 {ident}[612]: {line}\n",
                index / 60,
                index % 60
            );
        } else {
            lines += &format!("{line}\n");
        }
    }
    let shapes = grammar.get("line").and_then(toml::Value::as_array);
    let access =
        shapes.is_some_and(|shapes| shapes.iter().any(|shape| shape.get("log_format").is_some()));
    let format = match name {
        _ if wrapped => "syslog".to_owned(),
        // What comes in a wrapper is listed under its name.
        _ if let Some((_, wrapper)) = WRAPPED.iter().find(|(own, _)| *own == name) => {
            (*wrapper).to_owned()
        }
        // Words that any app may write: the file is an app's, whoever wrote it.
        _ if grammar["role"].as_str() == Some("anywhere") => "app-output".to_owned(),
        _ if access => format!("access-{}", name.strip_prefix("nginx-").unwrap_or(name)),
        name => name.to_owned(),
    };
    expected(&format!("grammars/{name}.toml"), &format, lines)
}

/// Formats whose lines have a wrapper of their own, and Go's, whose `log` package stamps its lines as many do.
const WRAPPED: [(&str, &str); 5] = [
    ("drivers", "timestamped"),
    ("fly", "syslog-iso"),
    ("go", "timestamped"),
    ("heroku", "syslog-iso"),
    ("kubelet", "klog"),
];

#[test]
fn one_file_of_every_format_is_recognised_without_its_name() {
    let mut all = of_grammars();
    all.extend(
        FILES
            .iter()
            .map(|(format, text)| expected(&format!("{format}: {text:.40}"), format, *text)),
    );
    let members: Vec<Member> = all
        .iter()
        .enumerate()
        .map(|(index, file)| Member::new(&format!("{index:03}"), file.text.as_str()))
        .collect();
    let report = analyse_members(&members).unwrap();
    let taken: BTreeMap<&str, &Value> = list(&report, "sources")
        .iter()
        .map(|source| (source["path"].as_str().unwrap(), &source["format"]))
        .collect();
    let faults: Vec<String> = all
        .iter()
        .zip(&members)
        .filter_map(|(file, member)| {
            let format = taken
                .get(member.name.as_str())
                .map_or("nothing", |format| format.as_str().unwrap());
            (format != file.format)
                .then(|| format!("{} ({}): taken for {format}", file.what, file.format))
        })
        .collect();
    assert!(faults.is_empty(), "{}\n{:#}", faults.join("\n"), report["data_quality"]);
}

/// Wrappers, the kernel, access logs and snapshots: format, and text.
const FILES: &[(&str, &str)] = &[
    (
        "kernel",
        "[    0.000000] Linux version 6.1.0 (gcc)\n[   12.345678] Out of memory: Killed process 9 (a b) total-vm:9kB, anon-rss:8kB, file-rss:0kB\n",
    ),
    (
        "kernel",
        "[Tue Nov  5 12:00:00 2025] eth0: link up\n[Tue Nov  5 12:00:01 2025] eth0: link down\n",
    ),
    (
        "kernel",
        "2026-11-20T22:39:17,123456+00:00 eth0: link up\n2026-11-20T22:39:18,123456+00:00 eth0: link down\n",
    ),
    (
        "kernel",
        "{\n   \"dmesg\": [\n      {\n         \"pri\": 5,\n         \"time\":     0.000000,\n         \"msg\": \"Linux version 6.1.0\"\n      }\n   ]\n}\n",
    ),
    ("kernel", "6,1234,5678901234,-;eth0: link up\n6,1235,5678901235,-;eth0: link down\n"),
    (
        "kernel",
        "java invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0\nMemory cgroup stats for /a:\nOut of memory: Killed process 9 (a) total-vm:9kB, anon-rss:8kB, file-rss:0kB\n",
    ),
    (
        "journal-export",
        "__CURSOR=s=e;i=1\n__REALTIME_TIMESTAMP=1795215327696878\n_TRANSPORT=journal\nMESSAGE=x\n\n__CURSOR=s=e;i=2\n__REALTIME_TIMESTAMP=1795215327696879\nMESSAGE=y\n\n",
    ),
    (
        "journal-json",
        "{\"_PID\":\"1161\",\"__CURSOR\":\"s=e\",\"__REALTIME_TIMESTAMP\":\"1795215327696878\",\"MESSAGE\":\"x\"}\n",
    ),
    (
        "journal-verbose",
        "Wed 2025-11-05 12:00:00.123456 UTC [s=5b;i=1;b=9;m=1;t=6;x=1]\n    PRIORITY=6\n    MESSAGE=x\n",
    ),
    (
        "journal-full",
        "Wed 2025-11-05 12:00:00 UTC web01 shop.service[9]: m\nWed 2025-11-05 12:00:01 UTC web01 shop.service[9]: n\n",
    ),
    ("syslog", "Nov  5 12:00:00 h app[1]: m\nNov  5 12:00:01 h app[1]: n\n"),
    ("syslog", "[ 1234.567890] web01 systemd[1]: m\n[ 1234.567990] web01 kernel: n\n"),
    ("syslog", "<30>Nov  5 12:00:00 h app[1]: m\n"),
    ("syslog", "août 19 11:08:37 h app[1]: x\nsept. 01 11:08:37 h app[1]: y\n"),
    ("syslog-iso", "2025-11-05T12:00:00.123456+03:00 h app[1]: m\n"),
    ("syslog-iso", "<4>1 2025-11-05T12:00:00Z h app 12 - - m\n"),
    (
        "docker-json",
        "{\"log\":\"x\\n\",\"stream\":\"stdout\",\"time\":\"2026-11-20T23:03:30.66424929Z\"}\n",
    ),
    ("docker-stamped", "2026-11-20T22:40:11.402795170Z x\n2026-11-20T22:40:12.402795170Z y\n"),
    (
        "docker-stamped",
        "2025-11-05T12:00:00.123456789+03:00 stdout F msg\n2025-11-05T12:00:01.123456789+03:00 stderr P part\n",
    ),
    ("compose", "backend-1  | x\ndb-1       | y\n"),
    ("klog", "E0507 11:59:41.375710    4736 file.go:123] msg\n"),
    (
        "access-apache",
        "127.0.0.1 - - [21/Nov/2026:01:38:54 +0300] \"GET / HTTP/1.1\" 304 - \"-\" \"curl/7.88.1\"\n::1 - - [05/Nov/2025:12:00:01 +0000] \"OPTIONS * HTTP/1.0\" 200 126 \"-\" \"Apache/2.4.57 (Debian) (internal dummy connection)\"\n",
    ),
    (
        "access-json",
        "{\"time\":\"2026-11-20T22:58:54+00:00\",\"remote_addr\":\"::1\",\"method\":\"GET\",\"uri\":\"/\",\"status\":504,\"request_time\":8.000}\n",
    ),
    (
        "access-haproxy",
        "127.0.0.1:52596 [21/Nov/2026:01:06:48.664] www shop/app1 0/0/0/6/6 200 131 - - ---- 2/2/1/1/0 0/0 \"GET /products/290 HTTP/1.1\"\n",
    ),
    (
        "access-alb",
        "http 2018-07-02T22:23:00.186641Z app/my-loadbalancer/50dc6c495c0c9188 192.168.131.39:2817 10.0.0.1:80 0.000 0.001 0.000 200 200 34 366 \"GET http://www.example.com:80/ HTTP/1.1\" \"curl/7.46.0\" - - arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/my-targets/73e2d6bc24d8a067 \"Root=1-58337262-36d228ad5d99923122bbe354\" \"-\" \"-\" 0 2018-07-02T22:22:48.364000Z \"forward\" \"-\" \"-\" \"10.0.0.1:80\" \"200\" \"-\" \"-\"\n",
    ),
    (
        "access-envoy",
        "[2016-04-15T20:17:00.310Z] \"POST /api/v1/locations HTTP/2\" 204 - 154 0 226 100 \"10.0.35.28\" \"nsq2http\" \"cc21d9b0\" \"locations\" \"tcp://10.0.2.1:80\"\n",
    ),
    (
        "access-traefik",
        "192.168.1.7 - - [21/Nov/2026:01:38:54 +0000] \"GET /login HTTP/1.1\" 200 1024 \"-\" \"curl/7.88.1\" 42 \"shop@docker\" \"http://172.17.0.5:80\" 12ms\n",
    ),
    (
        "access-traefik",
        "{\"ClientHost\":\"10.0.0.9\",\"DownstreamStatus\":502,\"Duration\":1500000,\"OriginStatus\":0,\"RequestMethod\":\"GET\",\"RequestPath\":\"/\",\"StartUTC\":\"2026-11-21T01:38:54.1Z\",\"time\":\"2026-11-21T01:38:54Z\"}\n",
    ),
    (
        "access-caddy",
        "{\"level\":\"info\",\"ts\":1761019822.31,\"logger\":\"http.log.access\",\"msg\":\"handled request\",\"request\":{\"remote_ip\":\"10.0.0.1\",\"method\":\"GET\",\"uri\":\"/\"},\"duration\":0.1,\"size\":0,\"status\":502}\n",
    ),
    (
        "uwsgi",
        "[pid: 1|app: 0|req: 1/2] ::1 () {3 vars in 5 bytes} [Fri Nov 20 22:28:45 2026] GET /p => generated 12 bytes in 1 msecs (HTTP/1.1 200) 2 headers in 7 bytes (1 switches on core 0)\n",
    ),
    (
        "access-proxy",
        "[21/Nov/2026:01:10:50 +0300] - 502 502 - GET http shop.example.com \"/\" [Client 10.0.0.1] [Length 1] [Gzip -] [Sent-to a] \"curl/8\" \"-\"\n",
    ),
    (
        "access-inferred",
        "127.0.0.1 127.0.0.1 [20/Nov/2026:17:44:49 -0500] \"GET /healthz HTTP/1.1\" 502 314 0.000 127.0.0.1:3000 502 0.000 \"curl/7.88.1\" 6e91c0aceb61bb30c77ea8637019f81e\n203.0.113.42 shop.example.com [20/Nov/2026:17:44:51 -0500] \"GET /static/app.js HTTP/1.1\" 200 15238 0.000 - - - \"curl/7.88.1\" b29ba5a2572258e2268df2b30d609c92\n",
    ),
    (
        "free",
        "               total        used        free      shared  buff/cache   available\nMem:            3842        3501         101          12         240         151\nSwap:              0           0           0\n",
    ),
    (
        "df",
        "Filesystem      Size  Used Avail Use% Mounted on\n/dev/vda1        20G   20G     0 100% /\n",
    ),
    (
        "ps",
        "USER       PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\nroot         1  0.0  0.1 167000 11000 ?        Ss   Nov20   0:01 /sbin/init\n",
    ),
    (
        "top",
        "top - 12:00:00 up 1 day,  1:02,  1 user,  load average: 0.15, 0.10, 0.05\nTasks: 120 total\nMiB Mem :   3842.5 total,    101.0 free,   3501.0 used,    240.5 buff/cache\n",
    ),
    ("uptime", " 12:00:00 up 10 days,  3:02,  2 users,  load average: 8.52, 7.31, 4.10\n"),
    (
        "meminfo",
        "MemTotal:        3934544 kB\nMemFree:          161000 kB\nMemAvailable:     154624 kB\n",
    ),
    (
        "docker-stats",
        "CONTAINER ID   NAME      CPU %     MEM USAGE / LIMIT   MEM %     NET I/O       BLOCK I/O   PIDS\n6029c238c923   cart      0.15%     255.1MiB / 256MiB   99.65%    1.2kB / 0B    0B / 0B     23\n",
    ),
    (
        "docker-inspect",
        "[\n {\"Id\": \"6029c238c923\", \"State\": {\"Running\": false, \"OOMKilled\": true, \"ExitCode\": 137, \"StartedAt\": \"2026-11-20T22:31:40.5Z\", \"FinishedAt\": \"2026-11-20T22:41:40.5Z\"}, \"Name\": \"/cart\", \"RestartCount\": 2}\n]\n",
    ),
    (
        "systemd-unit",
        "[Unit]\nDescription=The shop\n\n[Service]\nExecStart=/srv/venv/bin/gunicorn --workers=4 --timeout 30 shop:app\n",
    ),
    ("docker-compose", "services:\n  shop:\n    image: shop:1\n    mem_limit: 256m\n"),
    (
        "kubernetes-manifest",
        "apiVersion: apps/v1\nkind: Deployment\nspec:\n  template:\n    spec:\n      containers:\n      - name: shop\n        resources:\n          limits:\n            memory: 512Mi\n",
    ),
    (
        "kubernetes-objects",
        "{\n \"apiVersion\": \"v1\",\n \"items\": [{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {\"name\": \"shop-1\", \"namespace\": \"prod\"}, \"status\": {\"podIP\": \"10.244.1.17\"}}],\n \"kind\": \"List\"\n}\n",
    ),
    (
        "procfile",
        "web: gunicorn shop:app --workers 3\nworker: node --max-old-space-size=460 worker.js\n",
    ),
    (
        "nginx-configuration",
        "http {\n  upstream shop {\n    server 10.0.0.5:8000 weight=2;\n  }\n  server {\n    listen 80;\n    proxy_read_timeout 2m;\n  }\n}\n",
    ),
];
