//! JSON access logs of the recordings and of other programs.

use super::show;
use crate::access::json::parse_json;

#[track_caller]
fn check(line: &str, expected: &str) {
    assert_eq!(show(&parse_json(line.as_bytes()).expect("a request")), expected);
}

#[track_caller]
fn reject(line: &str) {
    assert_eq!(parse_json(line.as_bytes()).map(|request| show(&request)), None);
}

#[test]
fn recorded_nginx_lines() {
    check(
        r#"{"time":"2026-11-20T22:58:54+00:00","remote_addr":"2001:db8:55f::28","method":"GET","uri":"/products?page=2","status":504,"bytes":167,"request_time":8.000,"upstream_addr":"127.0.0.1:8000","upstream_status":"504","upstream_response_time":"8.000","user_agent":"curl/7.88.1","host":"shop.example.com"}"#,
        "2026-11-20T22:58:54.000Z 504 GET /products  q=page=2 client=2001:db8:55f::28 host=shop.example.com agent=curl/7.88.1 rt=8.000 out=167 up[127.0.0.1:8000|504|8.000||]",
    );
    check(
        r#"{"time":"2026-11-20T22:57:55+00:00","remote_addr":"203.0.113.11","method":"GET","uri":"/static/app.css","status":200,"bytes":4199,"request_time":0.000,"upstream_addr":"","upstream_status":"","upstream_response_time":"","user_agent":"-","host":""}"#,
        "2026-11-20T22:57:55.000Z 200 GET /static/app.css  client=203.0.113.11 rt=0.000 out=4199 up[||||]",
    );
    check(
        r#"{"time":"2026-11-20T23:00:26+00:00","msec":1795215626.562,"remote_addr":"127.0.0.1","request":"GET /cart HTTP/1.1","status":200,"bytes":15,"request_time":0.501,"upstream_addr":"127.0.0.1:3000","upstream_status":"200","upstream_response_time":"0.502","agent":"shop-web/2.4"}"#,
        "2026-11-20T23:00:26.562Z 200 GET /cart HTTP/1.1 client=127.0.0.1 agent=shop-web/2.4 rt=0.501 out=15 up[127.0.0.1:3000|200|0.502||]",
    );
}

#[test]
fn holes_lists_and_numbers_in_strings() {
    let time = r#""time":"2026-11-20T22:57:55Z""#;
    check(
        &format!(
            r#"{{{time},"method":"GET","status":"502","rt":"1.5","urt":0.001, 0.002,"us":"502, -","ua":"a:1, b:2"}}"#
        ),
        "2026-11-20T22:57:55.000Z 502 GET   rt=1.500 up[a:1, b:2|502, -|0.001, 0.002||]",
    );
    check(
        &format!(r#"{{{time}, "method" : "GET", "status": 502, "urt":,"rt":}}"#),
        "2026-11-20T22:57:55.000Z 502 GET   up[||||]",
    );
    check(
        &format!(r#"{{{time},"uri":"\/a\"b?c","status":200,"ua":"x\\"}}"#),
        r#"2026-11-20T22:57:55.000Z 200  \\/a\\\"b  q=c agent=x\\\\"#,
    );
    check(
        &format!(r#"{{{time},"uri":"/","status":"-","http_status":499}}"#),
        "2026-11-20T22:57:55.000Z 499  / ",
    );
    check(
        "{\"time\":\"20/Nov/2026:22:57:55 +0100\",\"uri\":\"/\\xff\",\"status\":200}",
        r"2026-11-20T21:57:55.000Z 200  /\\xff ",
    );
}

#[test]
fn nested_and_dotted_objects() {
    check(
        r#"{"level":30,"time":1795215626562,"req":{"method":"GET","url":"/a?b","headers":{"host":"x","status":1},"remoteAddress":"::1"},"res":{"statusCode":502},"responseTime":1500,"msg":"request completed"}"#,
        "2026-11-20T23:00:26.562Z 502 GET /a  q=b client=::1 rt=1.500",
    );
    check(
        r#"{"@timestamp":"2026-11-20T22:57:55.123Z","http.request.method":"POST","http":{"response":{"status_code":200,"body":[1,{"a":"]}"}]}},"url.path":"/a","source":{"ip":"10.0.0.1"},"upstream":{"addr":"b:1","status":"200","response_time":"0.1"}}"#,
        "2026-11-20T22:57:55.123Z 200 POST /a  client=10.0.0.1 up[b:1|200|0.1||]",
    );
    check(
        r#"{"ts":1761019822.31,"logger":"http.log.access","request":{"remote_ip":"10.0.0.1","method":"GET","host":"h","uri":"/"},"duration":0.0012,"size":12,"status":502}"#,
        "2025-10-21T04:10:22.310Z 502 GET /  client=10.0.0.1 host=h rt=0.001 out=12",
    );
    check(
        r#"{"start_time":"2026-11-20T22:57:55.123Z","method":"GET","path":"/","response_code":503,"duration":25}"#,
        "2026-11-20T22:57:55.123Z start 503 GET /  rt=0.025",
    );
}

#[test]
fn what_is_no_access_log() {
    reject(
        r#"{"log":"10.0.0.1 - - [x] \"GET / HTTP/1.1\" 502\n","stream":"stdout","time":"2026-11-20T22:57:55.123Z"}"#,
    );
    reject(
        r#"{"level":"error","time":"2026-11-20T22:57:55Z","msg":"payment gateway answered","status":502}"#,
    );
    reject(r#"{"time":"2026-11-20T22:57:55Z","method":"GET","status":"failed"}"#);
    reject(r#"{"time":"2026-11-20T22:57:55Z","method":"GET","status":1}"#);
    reject(r#"{"method":"GET","path":"/","status":200}"#);
    reject(
        r#"{"ts":1761019822.31,"logger":"http.log.error","request":{"method":"GET","uri":"/"},"status":502,"msg":"dial tcp"}"#,
    );
    let whole =
        r#"{"time":"2026-11-20T22:57:55Z","method":"GET","uri":"/","status":200,"a":{"b":["c"]}}"#;
    check(whole, "2026-11-20T22:57:55.000Z 200 GET / ");
    for cut in 0..whole.len() {
        reject(&whole[..cut]);
    }
    reject(&format!("{whole} x"));
}

#[test]
fn names_that_a_site_gave_itself() {
    check(
        r#"{"@timestamp":"2026-11-21T21:47:14+00:00","verb":"GET","url":"/order/864","code":502,"bytes_out":179,"took":0.016,"backend":"127.0.0.1:8000","backend_code":"502"}"#,
        "2026-11-21T21:47:14.000Z 502 GET /order/864  rt=0.016 out=179 up[127.0.0.1:8000|502|||]",
    );
    // The code of an error of the app's own.
    reject(r#"{"time":"2026-11-20T22:57:55Z","level":"error","code":502,"msg":"gateway"}"#);
    reject(r#"{"time":"2026-11-20T22:57:55Z","path":"/a","code":404,"msg":"not found"}"#);
}
