//! `log_format` and `access_log` directives of an nginx configuration. In: the text of `nginx.conf`, of one included file, or
//! of `nginx -T`; out: names with format strings, paths with names. Read as nginx reads it (`ngx_conf_file.c`): words, quotes,
//! comments; blocks do not matter. Files are never opened: an `include` is passed over.

/// `log_format NAME [escape=MODE] STRING...;`: the name, and what `LogFormat::compile` takes. The pieces are joined with nothing
/// between them, as nginx does; the `escape=` argument stays in front.
#[must_use]
pub fn formats_of_nginx_conf(text: &str) -> Vec<(String, String)> {
    let directive = |words: Vec<String>| {
        let mut words = words.into_iter();
        (words.next()? == "log_format").then_some(())?;
        let name = words.next()?;
        let mut pieces = words.peekable();
        let escape = pieces.next_if(|word| word.starts_with("escape="));
        let string: String = pieces.collect();
        let format = escape.map_or_else(|| string.clone(), |mode| format!("{mode} {string}"));
        (!string.is_empty()).then_some((name, format))
    };
    directives(text).into_iter().filter_map(directive).collect()
}

/// `access_log PATH [FORMAT ...];`: the path, and the format's name (`combined` where none is given).
#[must_use]
pub fn access_logs_of_nginx_conf(text: &str) -> Vec<(String, String)> {
    let directive = |words: Vec<String>| {
        let mut words = words.into_iter();
        (words.next()? == "access_log").then_some(())?;
        let path = words.next().filter(|path| path != "off" && !path.starts_with("syslog:"))?;
        let name = words
            .next()
            .filter(|word| !word.contains('='))
            .unwrap_or_else(|| "combined".to_owned());
        Some((path, name))
    };
    directives(text).into_iter().filter_map(directive).collect()
}

fn is_wanted(name: &str) -> bool {
    matches!(name, "log_format" | "access_log")
}

/// The directives that [`is_wanted`], as lists of words: name and arguments without their quotes. The words of others are
/// dropped at once: a configuration may hold megabytes of `map` blocks.
fn directives(text: &str) -> Vec<Vec<String>> {
    let (mut found, mut words, mut rest) = (Vec::new(), Vec::<String>::new(), text);
    loop {
        rest = rest.trim_start();
        match rest.chars().next() {
            None => return found,
            Some('#') => rest = rest.split_once('\n').map_or("", |(_, later)| later),
            Some(';' | '{' | '}') => {
                if words.first().is_some_and(|name| is_wanted(name)) {
                    found.push(std::mem::take(&mut words));
                }
                words.clear();
                rest = &rest[1..];
            }
            Some(first) => {
                let (word, later) = word(rest, first);
                if words.first().is_none_or(|name| is_wanted(name)) {
                    words.push(word);
                }
                rest = later;
            }
        }
    }
}

/// One word and what follows it. In quotes a backslash stands before the quote, itself, `t`, `r` and `n`; before anything else it
/// is kept. `${name}` does not open a block.
fn word(text: &str, first: char) -> (String, &str) {
    let quote = matches!(first, '"' | '\'').then_some(first);
    let mut word = String::new();
    let mut letters = text.char_indices().skip(usize::from(quote.is_some())).peekable();
    while let Some((at, letter)) = letters.next() {
        let after = &text[at + letter.len_utf8()..];
        match letter {
            '\\' => word.push_str(&unescaped(
                letters.next_if(|(_, next)| *next != '\n').map(|(_, next)| next),
            )),
            _ if quote == Some(letter) => return (word, after),
            '$' if quote.is_none() && after.starts_with('{') => {
                word.push_str("${");
                letters.next();
                while let Some((_, letter)) = letters
                    .next_if(|(_, next)| next.is_ascii_alphanumeric() || matches!(next, '_' | '}'))
                {
                    word.push(letter);
                    if letter == '}' {
                        break;
                    }
                }
            }
            ';' | '{' | '}' if quote.is_none() => return (word, &text[at..]),
            _ if quote.is_none() && letter.is_ascii_whitespace() => return (word, &text[at..]),
            _ => word.push(letter),
        }
    }
    (word, "")
}

fn unescaped(letter: Option<char>) -> String {
    match letter {
        Some(plain @ ('"' | '\'' | '\\')) => plain.to_string(),
        Some('t') => "\t".to_owned(),
        Some('r') => "\r".to_owned(),
        Some('n') => "\n".to_owned(),
        Some(other) => format!("\\{other}"),
        None => "\\".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[(&str, &str)]) {
        let found = formats_of_nginx_conf(text);
        let found: Vec<(&str, &str)> =
            found.iter().map(|(name, format)| (name.as_str(), format.as_str())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn formats_in_every_spelling() {
        check(
            "http {\n  include /etc/nginx/conf.d/*.conf;\n  # log_format old '$status';\n  log_format  main  '$remote_addr - $remote_user '\n    '\"$request\" $status'; # tail\n}\n",
            &[("main", "$remote_addr - $remote_user \"$request\" $status")],
        );
        check(
            r#"log_format j escape=json "{\"s\":$status,\"t\":\"$time_local\"}"; log_format n escape=none $status;"#,
            &[
                ("j", r#"escape=json {"s":$status,"t":"$time_local"}"#),
                ("n", "escape=none $status"),
            ],
        );
        check(
            r"log_format b ${status}x$time_local; log_format t '$status\t$host\x\'\\';",
            &[("b", "${status}x$time_local"), ("t", "$status\t$host\\x'\\")],
        );
        check(
            "# configuration file /etc/nginx/nginx.conf:\nhttp {\nmap $a $b { default 1; \"log_format\" 2; }\nlog_format 'q x' '#;{}';\n}\n",
            &[("q x", "#;{}")],
        );
        check("log_format main", &[]);
        check("log_format main;", &[]);
        check("log_format main 'unfinished $status", &[]);
        check("", &[]);
    }

    #[test]
    fn which_file_has_which_format() {
        let found = access_logs_of_nginx_conf(
            "server { access_log /var/log/nginx/a.log main buffer=32k flush=5s; access_log off; access_log /b.log; access_log /c.log if=$x; access_log syslog:server=h main; }",
        );
        let pair = |path: &str, name: &str| (path.to_owned(), name.to_owned());
        assert_eq!(
            found,
            [
                pair("/var/log/nginx/a.log", "main"),
                pair("/b.log", "combined"),
                pair("/c.log", "combined")
            ]
        );
    }
}
