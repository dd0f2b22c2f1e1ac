### What coroner says, in English: the language of JSON and exports, and what a new language is translated from.
### How messages are used and what `$lower` is for: src/wording/mod.rs. Syntax: https://projectfluent.org/fluent/guide
### A clause begins with a small letter and has no full stop; the program adds both where it stands as a sentence.

## Small parts that other messages use

# A name, or other text that no language changes.
name = { $name }
and = { $one } and { $other }
clauses = { $one }; { $other }
listed = { $one }, { $other }
# The services that failed; $services tells how many there are.
failing = { $services ->
    [0] the app
    [1] { $service }
    [2] { $service } and { $last }
    [3] { $service }, { $others } and { $last }
   *[other] { $service } and { $more } more services
}
# A service that is known by its log alone.
app-of-log = the app ({ $file })
processes = { $processes ->
    [one] 1 process
   *[other] { $processes } processes
}

## Causes by name, as in "the best guess, ..., has too little behind it"

title-crash-exception = a process that ended by an unhandled error of its own
title-crash-segv = a process that died of a fault signal
title-dependency-down = a database, cache or other service was down or locked
title-deploy-restart = a planned stop, restart or deploy
title-disk-full = no space left on a disk
title-health-check-kill = a process ended by a health check
title-host-restart = the host rebooted or was paused
title-manual-sigkill = a process killed by a person or a tool
title-memory-pressure = memory so short that services stalled
title-network = name resolution, TLS or the network failed
title-oom-kill-global = a process killed because the host ran out of memory
title-oom-kill-memcg = a process killed at the memory limit of its cgroup
title-proxy-configuration = the proxy's configuration does not fit its upstream
title-resource-exhaustion = a limit on connections, files, workers or a queue was reached
title-runtime-heap-limit = a process ended at a memory limit of its runtime or manager
title-slow-upstream = the upstream answered too late
title-worker-timeout = workers ended by their app server for not answering in time

## Why it broke: one clause for each cause

best-guess = The bundle does not say why; the best guess, { $guess } ({ $probability }), has too little behind it.
no-cause-told = The bundle does not say why.
two-sentences = { $one } { $two }
symptom-proxy = the proxy's log tells { $shown } x { $kind ->
    [upstream-refused] connection refused
    [upstream-reset] connection reset
    [upstream-closed] connection closed before an answer
    [upstream-timeout] timed out
    [upstream-socket-missing] no such socket
    [upstream-backlog-full] listen queue full
    [upstream-unreachable] no route
    [upstream-none-live] no live upstream left
   *[other] { $words }
}{ $place-known ->
    [no] {""}
   *[yes] {" at "}{ $place }
} (first { $path }:{ $line })
symptom-access = the access log has { $shown } x { $status }{ $place-known ->
    [no] {""}
   *[yes] {" at "}{ $place }
}{ $timed ->
    [no] {""}
   *[yes] {", the slowest after "}{ $longest }
}{ $kind ->
    [none] {""}
    [upstream-refused] : connection refused
    [upstream-reset] : connection reset
    [upstream-closed] : connection closed before an answer
    [upstream-timeout] : timed out
    [upstream-socket-missing] : no such socket
    [upstream-backlog-full] : listen queue full
    [upstream-unreachable] : no route
    [upstream-none-live] : no live upstream left
   *[other] : { $words }
} (first { $path }:{ $line })
either-or = Either { $one } or { $other }; the bundle does not tell which.

named-error = { $error-known ->
    [yes] , as its trace says: { $error }
   *[other] {""}
}
broken-answers = { failing } met an error of its own in { $times ->
    [one] 1 request
   *[other] { $times } requests
} and closed the connection without an answer{ named-error }
crash-at-start = { failing } could not start { $times ->
    [one] 1 time
   *[other] { $times } times
}{ named-error }
crash-exit-status = { failing } ended itself with exit status { $code } { $times ->
    [one] 1 time
   *[other] { $times } times
}, and no line that was understood says why
crash-exception = { failing } ended by an unhandled error of its own { $times ->
    [one] 1 time
   *[other] { $times } times
}{ named-error }
crash-segv = { processes } of { failing } died of a fault signal{ $place ->
    [unknown] {""}
   *[known] {" "}in { $library }
}
dependency-down = { $known ->
    [no] a dependency
   *[yes] { $name }
} { $state ->
    [locked] kept statements waiting for a lock
    [locked-full] kept statements waiting for a lock until no connection was left
    [unserving] did not serve it
   *[down] was down or turned clients away
}, and { failing } failed { $state ->
    [locked] because of that
    [locked-full] because of that
   *[other] for want of it
}
deploy-reload = { failing } was told to load its code or configuration anew, and failed until that was done
deploy-restart = { failing } { $services ->
    [0] was told to stop and was away until it was
    [1] was told to stop and was away until it was
   *[other] were told to stop and were away until they were
} started again
deploy-stopped = { failing } { $services ->
    [0] was told to stop
    [1] was told to stop
   *[other] were told to stop
}, and no log shows a start after it
deploy-undated = nobody listened at { failing } once, and its log, which carries no times, holds one stop and one start
deploy-too-early = the proxy was switched to { failing } before anybody listened there
deploy-maintenance = the proxy was told to take { $place } out of service, and had no other server
disk-full-proxy = a disk was full, and the proxy failed on it
disk-full = a disk was full, and { failing } failed on it
health-check-kill = { failing } failed { $services ->
    [0] its health check and was ended for it
    [1] its health check and was ended for it
   *[other] their health checks and were ended for it
}
host-restart = the host itself restarted or was paused, and its services with it
sigkill-ordered = { processes } of { failing } { $processes ->
    [one] was killed
   *[other] were killed
} by an order of docker or systemd
sigkill-commanded = { processes } of { failing } { $processes ->
    [one] was killed
   *[other] were killed
} by a command that a log names
sigkill-cron = { processes } of { failing } { $processes ->
    [one] was killed
   *[other] were killed
} by a cron job of { $user }, "{ $command }"
sigkill-sysrq = { processes } of { failing } { $processes ->
    [one] was killed
   *[other] were killed
} by the kernel because somebody asked it to (SysRq f); memory had not run out for it to act by itself
sigkill-unexplained = { processes } of { failing } died of SIGKILL that no log explains
sigkill-by-somebody = { failing } died of SIGKILL, and the kernel log, which covers the moment, shows no OOM kill of it: somebody or something sent the signal
sigkill-perhaps-oom = { processes } of { failing } died of SIGKILL, which the OOM killer may have sent
sigkill-either = { processes } of { failing } died of SIGKILL, and the bundle does not tell whether the OOM killer sent it or somebody or something else
memory-pressure = the host was so short of memory that answers came too late
network-unanswered = connections to the upstream were not answered: they were dropped between the proxy and it, or its host was away
network = { $step ->
    [name] the proxy could not resolve the name of its upstream{ $place-known ->
        [no] {""}
       *[yes] , { $place }
    }
    [tls] TLS between the proxy and its upstream failed{ $place-known ->
        [no] {""}
       *[yes] {" "}({ $place })
    }
    [route] the proxy found no route to its upstream{ $place-known ->
        [no] {""}
       *[yes] {" "}at { $place }
    }
   *[several] the proxy could not resolve, reach or trust its upstream over the network
}
# $owner is the service of the victim. $hog held more memory than the victim did.
oom-kill = the kernel's OOM killer killed { $victim }{ $owner-known ->
    [no] {""}
   *[yes] {" "}of { $owner }
}{ $times ->
    [1] {""}
   *[other] {" "}{ $times } times
} { $limited ->
    [known] because its cgroup hit its limit of { $limit }
    [unknown] because its cgroup hit its memory limit
   *[host] because the host ran out of memory
}{ $hog-told ->
    [no] {""}
   *[yes] ; the largest share of the memory was held by { $hog }
}{ $dependency ->
    [no] {""}
   *[yes] , and { failing } failed for want of { $victim }
}
oom-killed-as-told = { failing } was OOM-killed, as { $witness ->
    [runtime] the container runtime
   *[systemd] systemd
} says
oom-killed-as-inspected = { processes } of { failing } died{ $signal ->
    [kill] {" "}of SIGKILL
   *[unknown] {""}
}, and docker inspect says OOMKilled
oom-kill-userspace = { $killer-known ->
    [no] a killer in user space
   *[yes] { $killer }
} killed { $victim-known ->
    [no] a process
   *[yes] { $victim }
} because the host ran short of memory
proxy-tls-to-plain = the proxy speaks TLS to an upstream that speaks plain HTTP{ $place-known ->
    [no] {""}
   *[yes] {" "}({ $place })
}
proxy-socket-forbidden = the proxy may not open the socket of its upstream{ $place-known ->
    [no] {""}
   *[yes] , { $place }
}: permission was denied
proxy-port-forbidden = the proxy may not connect to its upstream{ $place-known ->
    [no] {""}
   *[yes] {" "}at { $place }
}: permission was denied
proxy-header-too-big = the header of the upstream's answers was larger than the proxy's buffer for it{ $place-known ->
    [no] {""}
   *[yes] {" "}({ $place })
}
proxy-no-resolver = the proxy has to look up { $name } for each request, and no nameserver is configured for it (resolver)
proxy-no-url = what the proxy is configured to pass requests on to was no URL ("{ $name }"), so that it asked nobody
proxy-answer-refused = the proxy refused the answers of its upstream{ $place-known ->
    [no] {""}
   *[yes] {" "}({ $place })
} as not valid{ $reason-known ->
    [no] {""}
   *[yes] : "{ $reason }"
}
socket-missing = { $place-known ->
    [no] the upstream's socket
   *[yes] the socket { $place }
}, where the proxy looks for the app, does not exist{ $elsewhere ->
    [no] {""}
   *[yes] , while the app listens at { $listens }
}
nothing-listens = nothing listens at { $place-known ->
    [no] the upstream
   *[yes] { $place }
}, where the proxy looks for the app{ $elsewhere ->
    [no] {""}
   *[yes] , while the app listens at { $listens }
}
request-errors = { failing } answered with an error of its own in { $times ->
    [one] 1 request
   *[other] { $times } requests
}{ named-error }
resource-exhaustion = { $what ->
    [throttle] the proxy turned requests away by a limit that was set for it (limit_req, limit_conn)
    [backlog] the listen backlog was full
    [proxy] the proxy ran out of connections, ports or file descriptors
    [workers] all workers were busy and the limit on their number was reached
    [queue] the listen queue was full
    [files] file descriptors ran out
    [conntrack] the connection tracking table was full
    [clients] connections to a dependency ran out
   *[system] a limit of the system was reached
}{ $what ->
    [throttle] {""}
    [proxy] {""}
   *[other] {" "}at { failing }
}{ $surge ->
    [no] {""}
   *[yes] , while requests came at { $rate } times the rate before
}
pool-used-up = { failing } used up its own pool of connections: "{ $limit }"
runtime-heap-limit = { failing } reached { $runtime ->
    [node] the heap limit of Node.js
    [jvm] the heap limit of the JVM
    [php] PHP's memory_limit
    [manager] the memory limit of the process manager
   *[other] a memory limit of its own runtime or process manager
} { $times ->
    [one] 1 time
   *[other] { $times } times
}
slow-upstream = { failing } answered later than the proxy waits{ $routes ->
    [many] {""}
   *[one] , all on one route
}{ $why ->
    [disk] , while a disk or a file server did not answer in time
    [processors] , while processors of a host were held up
    [workers] , while its server told of too few free workers
   *[untold] , and no log in the bundle says why
}
worker-timeout = { failing } gave up { $workers ->
    [one] 1 worker that did not answer in time and ended it
   *[other] { $workers } workers that did not answer in time and ended them
}

## What could have told, and is not there

unseen-app-log = the app's log of that time
unseen-dependency-log = the dependency's own log
unseen-kernel-log = kernel log
unseen-wait = what the workers waited for

## What to do

advice-recycle = Restart or recycle { failing } before it is { $age } old: it ended { $times } times at an even pace, at the earliest { $age } { $since ->
    [start] after a start
   *[end] after the last end
}; what fills it comes back, and more memory only moves the next end
advice-stop-growth = Lower the load that fills the memory of { failing } (fewer requests at a time, or none of the route that does it): it ended { $times } times, as soon as { $age } { $since ->
    [start] after a start
   *[end] after the last end
}, too fast for recycling to help
advice-recycle-workers-at = Recycle the workers of { failing } before they are { $age } old (max_requests, a memory high-water mark): { $times } of them were killed for memory, the youngest { $age } after it booted; what fills them comes back, and more memory only moves the next end
advice-read-last-lines = Read what { failing } wrote just before each end (journalctl -u, docker logs, the log files of its process manager); roll back if a deploy came before it
advice-read-trace = Read the trace in the log of { failing }; roll back if a deploy came before it
advice-catch-error = Catch the error where it arises, and let one request fail instead of the process
advice-start-now = Start { failing } now: it ended at { $time }, and no log shows a start after it
advice-keep-crashers-away = Keep the requests that crash { failing } away, or roll back its last update of native code{ $place ->
    [unknown] {""}
   *[known] {" "}in { $library }
}
advice-core-dump = Take a core dump (coredumpctl, ulimit -c) and its backtrace to the library's maintainers
advice-sanitizer = Test native extensions against hostile inputs under a sanitizer
advice-lock-holder = { $told ->
    [no] Find who holds the lock (pg_stat_activity, pg_blocking_pids) and end it if it still does
   *[yes] Process { $holder } of the database held the lock: see what it runs (pg_stat_activity where pid = { $holder }), and end it (pg_terminate_backend) if it still holds it
}
advice-lock-released = The statement of process { $holder }, which had run for { $length }, ended at { $time }: find out who ran it (the cited line holds it), and see that the connections that waited are free again (pg_stat_activity)
advice-dependency-runs = See that the dependency runs and answers, then that its clients have reconnected
advice-statement-timeout = Give the statements of { failing } a timeout shorter than the proxy's (statement_timeout, lock_timeout), so that a wait for a lock ends one request and frees its worker
advice-retry-dependency = Give { failing } timeouts and a retry for its dependency, so that one lost connection does not end the process
advice-lock-timeout = Run migrations with lock_timeout set and restarts of stores in announced windows
advice-planned = Nothing, if the restart was planned: the service is back
advice-restart-without-gap = Restart { failing } without a gap: keep the listen socket open (systemd socket activation, a reload) or start the new one first
advice-maintenance = Nothing, if it was planned; else find who gave the order: the runtime socket, the web page of the proxy, or a deploy script
advice-switch-when-ready = Switch the proxy to { failing } only when it answers its check, and stop the old instance after that
advice-free-space = Free space on the full disk (df -h, df -i, du -x --max-depth=2), then restart what does not come back by itself
advice-what-filled-it = Find what filled it: uploads, logs without rotation, temporary files
advice-alert-space = Alert at 80 % of space and inodes, and let the app answer 507 instead of dying
advice-why-no-answer = Find out why { failing } did not answer its check
advice-patient-check = Let the check be patient and cheap: a route of its own, more retries, a start period
advice-all-back = See that all services are back (systemctl --failed, docker ps)
advice-why-restarted = Find out why it restarted: last -x, the provider's events, panic lines of the boot before (journalctl -b -1 -e)
advice-proxy-after-app = Start the proxy after the app (After=), or let it answer 503 with Retry-After until the app is up
advice-runs-again = See that { failing } { $services ->
    [0] runs
    [1] runs
   *[other] run
} again
advice-who-sent = Ask who or what sent SIGKILL: shell history, sudo and audit logs, cron jobs, monitoring that restarts
advice-find-sender = Find who or what sends SIGKILL (shell history, sudo and audit logs, cron jobs, monitoring that restarts): { failing } was killed { $times } times, and a start alone lasts until the next one
advice-cron-job = Take the cron job of { $user } out or mend it (crontab -l, /etc/cron.d): it runs "{ $command }"{ $times ->
    [1] {", at "}{ $first }
   *[other] {", "}{ $times } times from { $first } to { $last }, and comes again
}
advice-record-signals = Record signals: auditctl -a always,exit -F arch=b64 -S kill -F a1=9
advice-look-at-pressure = Look at /proc/pressure/memory and at the largest processes (ps --sort=-rss), and stop what is not needed
advice-working-set = Give the host or container memory for its working set, page cache included
advice-alert-psi = Alert on memory pressure (PSI) and not only on use
advice-network-steps = From the proxy's host: resolve the upstream's name, reach its port (nc -vz), and try its certificate (openssl s_client)
advice-resolve = From the proxy's host: resolve the upstream's name (getent ahosts, and dig at the nameserver that the proxy asks), and see that this nameserver answers
advice-define-resolver = Give nginx a resolver directive: without one it asks no nameserver for a name that stands in a variable (proxy_pass with a variable)
advice-handshake = From the proxy's host: shake hands with the upstream (openssl s_client -connect { $place-known ->
    [no] HOST:PORT
   *[yes] { $place }
} -servername NAME shows protocol, certificate and alert), see whether it speaks plain HTTP instead (curl -v http://{ $place-known ->
    [no] HOST:PORT
   *[yes] { $place }
}/), and compare with proxy_pass, proxy_ssl_protocols and proxy_ssl_server_name
advice-route = From the proxy's host: find the way to the upstream (ip route get, ping) and reach its port (nc -vz); see that its host or container is up and has the address that the proxy asks
advice-watch-certificates = Alert before the certificates of upstreams end, and try the handshake after each update of either side
advice-resolver = Give nginx a resolver with a short valid= time, or reload it when addresses change
advice-raise-limit-above = Raise the memory limit of { failing } above { $limit }{ $alone ->
    [store] {" "}or bound what it keeps in memory (maxmemory, shared_buffers, work_mem, connections): the victim held { $held }
    [yes] : one victim alone held { $held }, so that fewer workers would not help
   *[no] {" "}or run fewer workers: one victim alone held { $held }
}
advice-raise-limit = Raise the memory limit of { failing } or run fewer workers
advice-oom-policy = Set OOMPolicy=continue in { $unit } if the rest of it can live on: the kernel killed one process, and systemd stopped the whole unit for it (OOMPolicy=stop, the default)
advice-what-route-allocates = Find out what { $route } allocates: half of the failed requests or more were of this route
advice-recycle-workers = Alert on memory.current near memory.max; where memory grows over many requests, recycle the process before it reaches the limit (max_requests, a memory high-water mark), and where one request fills it, bound that request
advice-free-memory = See that { $services ->
    [0] everything that was killed runs
    [1] { failing } runs
   *[other] { failing } run
} again, and find out what filled the memory{ $told ->
    [no] {""}
   *[yes] : { $holders }
}
advice-own-limit = Give { $hog-known ->
    [no] the processes that hold most of it
   *[yes] { $hog }
} a limit of its own (MemoryMax=, --memory) or fewer processes, so that it and not its neighbours is killed
advice-protect = Alert on available memory; protect { failing } by MemoryMin= or OOMScoreAdjust=
advice-compare-listeners = Compare proxy_pass and upstream of nginx -T with what listens (ss -ltnp, ss -lxp), and reload nginx when they agree
advice-socket-permission = Let the proxy's user open the socket: look at its owner and mode and at the folders above it (ls -l, namei -l{ $place-known ->
    [no] {""}
   *[yes] {" "}{ $place }
}), set listen.owner, listen.group and listen.mode of php-fpm or the socket's mode in the app server, and under SELinux look for the denial (ausearch -m avc -ts today)
advice-port-permission = Let the proxy connect{ $place-known ->
    [no] {""}
   *[yes] {" "}to { $place }
}: under SELinux the denial stands in the audit log (ausearch -m avc -ts today), and setsebool -P httpd_can_network_connect 1 allows it; else look for a firewall rule of the host itself
advice-header-buffer = Raise proxy_buffer_size and proxy_buffers (fastcgi_buffer_size, uwsgi_buffer_size) above the header of the answers that failed, or make it smaller: ask the upstream for the failing route (curl -s -o /dev/null -D -) and see which line is long, often Set-Cookie
advice-small-header = Keep out of the header what grows: sessions in a store instead of in cookies, few and short Set-Cookie lines
advice-add-resolver = Give nginx a resolver in that server or http block (the nameservers of /etc/resolv.conf), or name the upstream in an upstream block, which is looked up at the start
advice-url-variable = Find the variable in the proxy_pass of the failing location and give it a value for every request: a scheme, a host and a port
advice-ask-upstream = Ask the upstream itself for a failing route (curl -vi http://{ $place-known ->
    [no] HOST:PORT
   *[yes] { $place }
}/), and mend what the cited line names: a protocol other than that of proxy_pass, or a header that is not valid or stands twice
advice-tls-scheme = Ask the upstream both ways from the proxy's host (curl -v http://{ $place-known ->
    [no] HOST:PORT
   *[yes] { $place }
}/, openssl s_client -connect { $place-known ->
    [no] HOST:PORT
   *[yes] { $place }
}), and give proxy_pass the scheme that it answers
advice-socket-made = See that the app runs and which sockets there are (ss -lxp), and give the proxy and the app the same path; a socket in the /tmp of a unit with PrivateTmp=, or in a folder that nothing makes at the boot (RuntimeDirectory=), is not there for the proxy
advice-test-configuration = Test the configuration against the running app in the deploy (nginx -t does not connect)
advice-throttle = See whom the limit turned away (client addresses in the cited lines): raise its rate or burst where they were users, and keep it where they were not
advice-proxy-limit = Raise the proxy's own limit that the line names (worker_rlimit_nofile, LimitNOFILE, worker_connections, ports by keepalive to the upstream) and reload it
advice-open-files = Raise LimitNOFILE of { failing } and restart it, then find what it keeps open (lsof -p)
advice-store-clients = Bound the connection pools below the limit that was met and end idle connections; more workers would open more of them
advice-pool = Find what holds the connections of { failing } for long: slow queries, transactions left open (pg_stat_activity: state, query_start), connections that are never given back; raise the pool only after that, and below what the database allows
advice-system-limit = Raise the limit that the line names (sysctl, TasksMax, pids.max), and find who uses it up
advice-watch-limit = Count what was used up, per process and every minute, until it is clear what makes it grow
advice-shed-load = Shed or spread the load, or add workers to { failing }
advice-raise-met-limit = Raise the limit that was met (listen backlog and net.core.somaxconn, worker_connections, LimitNOFILE, max_children) after a look at what one more costs in memory
advice-limit-rate = Limit the request rate at the proxy, and alert on queue length and open descriptors
advice-raise-heap = Raise { $runtime ->
    [node] Node's heap limit (--max-old-space-size)
    [jvm] the JVM's heap (-Xmx, -XX:MaxRAMPercentage)
    [php] PHP's memory_limit
    [manager] the process manager's memory limit (max_memory_restart)
   *[other] the runtime's limit (--max-old-space-size, -Xmx, memory_limit, max_memory_restart)
} for { failing }, if the host has the memory
advice-what-fills-heap = Find the request that fills the heap: stream large uploads and exports instead of holding them
advice-alert-heap = Alert on heap use, and cap the size of request bodies at the proxy (client_max_body_size)
advice-dump-workers = If it still hangs, dump the workers of { failing } (py-spy dump, jstack, gdb) and the database's lock waits
advice-log-durations = Log the duration of each outgoing call, and slow queries in the database
advice-outgoing-timeouts = Set timeouts on outgoing calls below the proxy's read timeout
advice-what-workers-wait-for = Find what the workers of { failing } wait for: dump a hanging worker (py-spy dump --pid, gdb) or look at the slow route
advice-call-timeouts = Set a timeout on every outgoing call, shorter than the app server's own
advice-slow-routes-apart = Keep slow routes on workers of their own
advice-suspect = Look at { $route } first, which was on the way at { suspect-moments }: { $remedy ->
    [body] write its body to disk or to object storage as it comes instead of holding it, and cap its size at the proxy
    [wait] see what such a request waits for, and bound the wait (a timeout on what it calls, a limit on its work)
   *[bound] see what one such request makes the app hold, and bound it (paging, streaming, a limit on its size)
}

## How to see that it worked; stands after "Check:" or "verify:"

verify-no-end = no further end in its log
verify-recycle = no further end past that age; resident memory over time stays below the limit
verify-restart-counter = the restart counter stands still
verify-same-input = a test with the same input gives a 4xx or 5xx and no restart
verify-no-fault-line = no further fault line in the kernel log
verify-backtrace = the backtrace names a function
verify-input-is-test = the crashing input is a test
verify-no-lock-wait = no statement waits in pg_stat_activity
verify-query = a query from the app's host succeeds
verify-lock-in-test = a lock held in a test gives quick errors and no 504
verify-store-restart = the app survives a restart of the store in a test
verify-migration-fails = a migration that meets a lock fails itself instead of its readers
verify-listening-answers = its log shows it listening, and answers succeed
verify-restart-under-load = a restart under load gives no 502
verify-df = df shows room, and writes succeed
verify-growth = its growth per day is known
verify-alert = an alert fires in a test
verify-check-under-load = the check succeeds under load
verify-slow-minute = a slow minute gives no restart
verify-none-missing = none is missing
verify-reason = a reason
verify-reboot = a reboot in a test gives no 502
verify-listening = its log shows it listening
verify-name = a name
verify-ausearch = ausearch -sc kill shows a test signal
verify-pressure-falls = pressure falls to zero
verify-major-faults = major faults per second stay low under load
verify-each-step = each step succeeds
verify-address-change = an address change gives no 502
verify-memory-events = memory.events of the cgroup: oom_kill stays as it is
verify-oom-policy = systemctl show -p OOMPolicy { $unit }
verify-no-kill = no further kill in the kernel log
verify-worker-memory = resident memory of a worker before and after one such request
verify-alert-before-kill = an alert fires in a test before the kernel kills
verify-free = free -m, systemctl --failed
verify-memory-max = systemctl show -p MemoryMax, docker inspect
verify-through-proxy = a request through the proxy succeeds
verify-wrong-port = a wrong port fails the deploy
verify-header-size = the header of the largest answer is smaller than the buffer
verify-failing-deploy = a deploy whose app the proxy cannot reach fails
verify-no-such-line = no further such line, and answers succeed
verify-load-test = a load test at the surge's rate gives no error
verify-no-limit-line = no further limit line in its log
verify-flat-heap = heap use stays flat during one such request
verify-alert-before-limit = an alert fires in a test before the limit
verify-dump = the dump names what is waited for
verify-slow-reason = the next slow minute names its reason in a log
verify-own-error = a slow dependency gives an error of its own before the 504
verify-no-timeout-line = no further timeout line in its log
verify-hanging-partner = a hanging partner gives one slow answer and no dead worker
verify-other-routes = the other routes answer while one hangs
verify-suspect = resident memory of a worker before, during and after one such request

## Something suspicious that is not the cause

# $whose: the victim's cgroup, or only its process, is another's; it is the service's own; or nothing is known.
ruled-out-kill = { $whose ->
    [cgroup] the victim { $victim } belongs to cgroup { $cgroup } and not to { failing }
    [process] the victim { $victim } belongs to another process and not to { failing }
    [own] the victim { $victim } is of { failing }, but its end explains few of the failures
   *[unknown] nothing joins the victim { $victim } to { failing }
}; it came { $when ->
    [before] { $apart } before the first failure
    [after] { $apart } after the last failure
   *[amid] at { $time }, { $apart } after the first failure
}
ruled-out-kills = { $whose ->
    [cgroup] the { $kills } victims { $victim } belong to cgroup { $cgroup } and not to { failing }
    [process] the { $kills } victims { $victim } belong to other processes and not to { failing }
    [own] the { $kills } victims { $victim } are of { failing }, but their ends explain few of the failures
   *[unknown] nothing joins the { $kills } victims { $victim } to { failing }
}; they came { $when ->
    [before] { interval } before the first failure
    [after] { interval } after the last failure
   *[amid] { interval } after the first failure
}
ruled-out-words = { $lower }gunicorn prints "Perhaps out of memory?" for every SIGKILL, also for its own after a timeout; the words are no evidence

## The chain from the cause to what users met

answers-of = { $count ->
    [one] { $answers } answer of { $status }
   *[other] { $answers } answers of { $status }
}
chain-users-met = clients met { $answers }{ $own-told ->
    [no] {""}
   *[yes] ; in the same time the app itself gave { $own }
}
chain-proxy-met = the proxy met { $answers }; without an access log nobody knows which of them users met{ $own-told ->
    [no] {""}
   *[yes] ; in the same time the app itself gave { $own }
}
chain-oom-kill = the kernel killed { $victim } (pid { $pid }), as { $limited ->
    [known] its cgroup was at its limit of { $limit }
    [unknown] its cgroup was at its memory limit
    [sysrq] somebody asked it to (SysRq f)
   *[host] the host had no memory left
}{ $times ->
    [1] {""}
   *[other] ; it was the first of { $times }
}
chain-worker-signaled = the app server saw worker { $worker } end by signal { $signal }
chain-worker-timeout = worker { $worker } did not answer in time and was given up
chain-upstream-refused = the proxy's connections to the upstream were refused
chain-upstream-reset = the upstream reset the proxy's connection
chain-upstream-closed = the upstream closed the connection before it answered
chain-upstream-timeout = the upstream did not answer the proxy in time
chain-upstream-backlog-full = the upstream's listen backlog was full
chain-upstream-socket-missing = the upstream's socket did not exist
chain-upstream-truncated = an answer broke off while it was sent
chain-app-stopping = the app server was told to stop
chain-app-listening = the app server listened again
chain-heap-limit = the runtime reached its heap limit and gave up{ $times ->
    [1] {""}
   *[other] , the first of { $times } times
}
chain-failed-before = { $count ->
    [one] 1 request had failed already, at { $time }, { $apart } before the next step
   *[other] { $failed } requests had failed already, from { $time } on, { $apart } before the next step
}{ $why ->
    [stall] : near its memory limit a host or cgroup stalls before the kernel kills
   *[none] {""}
}
chain-back = { failing } { $what ->
    [ready] took clients again
   *[listening] listened again
} at { $time }
chain-down = nothing of { failing } is seen after { $time }: no log shows a start
chain-unit-oom-stopped = { $lower }systemd stopped the rest of { $unit } for it, as OOMPolicy=stop has it
chain-disk-full = a write failed: no space left
chain-segfault = the kernel saw { $process } touch memory that is not its own
chain-container-died = container { $container } ended with exit code { $code }
chain-container-killed = container { $container } was sent signal { $signal }
chain-container-oom = the container runtime saw an OOM event in { $container }
chain-store-lock-wait = a statement waited for a lock in the database
chain-lock-held = a statement waited for a lock in the database, which its process { $holder } held
chain-lock-released = the statement of process { $holder } ended at { $time }, after { $length }
chain-dependency-lost = the app lost or could not reach { $known ->
    [no] a dependency
   *[yes] { $store }
}
# Any other event, by its name; $words is the name without hyphens.
chain-other = { $kind ->
    [container-started] a container started
    [container-stopped] a container stopped
    [container-stop-forced] a container was stopped by force
    [container-unhealthy] a container failed its health check
    [container-destroyed] a container was removed
    [container-created] a container was created
    [container-state] the state of a container
    [dependency-exhausted] the dependency had no connection left for the app
    [dependency-timeout] the app waited too long for a dependency
    [dependency-unresolved] the app could not resolve a dependency's name
    [store-crashed] the database or cache crashed
    [store-disk-full] the database or cache had no space left on its disk
    [store-out-of-memory] the database or cache ran out of memory
    [store-refusing] the database or cache turned clients away
    [store-stopping] the database or cache was told to stop
    [store-too-many-clients] the database turned clients away, as it had too many
    [proxy-limit] the proxy reached a limit of its own
    [proxy-disk-full] the proxy had no space left on its disk
    [proxy-configuration] the proxy's configuration did not fit
    [app-started] the app server started
    [app-boot-failed] the app could not start
    [unit-started] a unit of systemd started
    [unit-failed] a unit of systemd failed
    [worker-booted] a worker started
    [kernel-boot] the host booted
    [host-shutdown] the host went down
    [host-suspend] the host slept
    [uncaught-exception] the app died of an error that it did not handle
    [proxy-lifecycle] the proxy was started, stopped or reloaded
    [oom-invoked] the kernel looked for a process to kill for memory
    [hung-task] the kernel saw a task hang
    [page-allocation-failure] the kernel failed to get a page of memory
    [disk-error] a disk or its file system failed
    [conntrack-full] the kernel's connection tracking table was full
    [kernel-limit] a limit of the kernel was reached
    [upstream-unreachable] the proxy found no route to the upstream
    [upstream-forbidden] the proxy was not allowed to connect to the upstream
    [upstream-none-live] the proxy counted all its upstreams as failed
    [upstream-bad-answer] the proxy refused what the upstream answered
    [upstream-unresolved] the proxy could not resolve the upstream's name
    [upstream-tls] TLS between the proxy and the upstream failed
    [check-failed] a health check of the proxy counted a server as down
    [check-passed] a health check of the proxy found a server well again
    [proxy-worker-died] a worker of the proxy died of a signal
    [proxy-throttled] the proxy turned requests away by its own rules
    [upload-buffered] the proxy put a large request body on disk
    [app-stopped] the app server ended as told
    [app-reloaded] the app server reloaded as told
    [worker-exited] a worker ended
    [master-gone] a worker found its master gone
    [workers-exhausted] all workers were busy, or the limit on their number was reached
    [listen-queue-full] the app server's listen queue was full
    [memory-limit] a request met the runtime's memory limit
    [watcher-alarm] a watcher found it at fault and had it restarted
    [manager-memory-limit] the process manager ended a process for its memory
    [request-error] the app failed on a request with an error of its own
    [error-named] the trace of the app names the error
    [program-started] the process manager started the program
    [program-stopped] the process manager stopped the program on order
    [program-gave-up] the process manager gave up starting the program
    [open-files-exhausted] the app ran out of file descriptors
    [store-started] the database or cache started
    [store-ready] the database or cache took clients again
    [store-slow] a statement of the database was slow or timed out
    [unit-starting] systemd began to start a unit
    [unit-stopped] systemd stopped a unit
    [unit-reloaded] systemd reloaded a unit
    [unit-oom-killed] systemd saw the OOM killer kill a process of a unit
    [unit-restart-scheduled] systemd planned to start a unit again
    [unit-signal-sent] an operator sent a signal to a unit
    [unit-stop-timeout] a unit did not stop in time, and systemd killed it
    [unit-watchdog] a unit did not answer systemd's watchdog
    [core-dumped] a core dump was taken
    [userspace-oom-kill] a killer in user space killed a process for memory
    [userspace-kill-failed] a killer in user space did not get a process to end
    [clock-step] the clock was set
    [operator-command] an operator gave a command
    [deploy] packages were installed or a deploy ran
    [log-loss] a logging daemon lost lines
   *[other] { $words }
}
chain-kernel-limit = a limit of the kernel was reached: { $limit }
chain-pool-used-up = no connection in the app's own pool was free in time
chain-operator-command = { $user-known ->
    [no] an operator
   *[yes] { $user }
} ran "{ $command }"
chain-cron-command = cron ran a job{ $user-known ->
    [no] {""}
   *[yes] {" "}of { $user }
}: "{ $command }"
chain-program-exited = the process manager saw { $program } end{ $told ->
    [signal] {" "}by signal { $signal }
    [code] {" "}with exit status { $code }
   *[nothing] {""}
}
chain-unit-stopping = { $lower }systemd was told to stop { $unit }
chain-unit-process-exited = { $lower }systemd saw the main process of { $unit } end ({ $code }, { $status })

## What was looked for

claim-no-kill-around = no OOM kill of a failing service, or of what it needs, around { $incident }
claim-no-kill = no OOM kill in the window
claim-no-burst = no burst of failed answers
claim-ends-explained = every end of a process is explained
kernel-covers = { $path } covers the incident
kernel-ring-covers = { $path } holds what the kernel wrote from { $time } until the ring was read
kernel-no-kill = { $path } holds kernel messages and no kill
kernel-none = no log of the bundle holds a message of the kernel
kernel-kills = { $kills } in the kernel log
access-no-burst = { $failed ->
    [0] { $path } has no failed answer
    [one] { $path } has 1 failed answer, not in a burst
   *[other] { $path } has { $failed } failed answers, none of them in a burst
}
proxy-unserved = { $path }:{ $line } and { $count } such lines in all tell that the proxy could not serve a connection or finish an answer: such requests are not in the access log, or not as failed
access-none = no access log in the bundle
log-not-whole = { $path } was cut or damaged, and what is lost may tell of it
archive-not-whole = the archive that holds { $path } is damaged, and what is lost may tell of it
bursts-unjudged = only the { $bursts } bursts with the most failed answers are judged; the others count as isolated failures
ends-unexplained = { $ends } ends have no reason in the logs
kernel-zone-assumed = { $path } is in a zone that is only assumed; give --tz FILE=ZONE
kill-told = { $path }:{ $line } tells of one
kill-of-a-store = { $path }:{ $line } tells of a database or cache that was killed, and no line tells whether what failed needs it
kernel-after-boot = { $path } begins with a boot after the onset: what the kernel wrote before it is gone
kernel-at-boot = { $path } was written at the boot and holds nothing that came later
kernel-of-another = { $path } may be of another host than the app's
kernel-overwritten = { $path } begins too late: its ring buffer was overwritten or cleared
kernel-untied = { $path } holds no line that ties its clock to the other logs
kernel-elsewhere = { $path } does not reach over the incident
kernel-unplaced = { $path } cannot be placed in time

## What would tell more

missing-kernel-log = the kernel log over the incident ({ $why })
missing-kernel-zone = the time zone of { $path }, the kernel log over the incident, which is in the bundle and whose zone is only assumed
missing-platform = what the platform tells of the instances: their events, exit codes and memory
missing-docker-events = the docker events
missing-app-log = the log of the app server behind { $place-known ->
    [no] the failing upstream
   *[yes] { $place }
}
missing-app-times = when the lines of { $path } were written, which carry no time{ $told ->
    [no] {""}
   *[yes] {"; "}of the lines that are understood, { $count } are like line { $line } ({ $what })
}
missing-error-log = the error log of the proxy
missing-handshake = what the upstream answers at its port, by TLS and without it
missing-listeners = the proxy's configuration, and what listens
missing-dependency-log = the log of what the app waited for: its database and other dependencies
missing-sender = who sent the signal: audit log, sudo log, shell history
missing-own-error = the app's own error of one failed request (its log at that moment, or the error tracker)
missing-own-trace = what stands below line { $line } of { $path }: the trace of an error that the app answered with
missing-stacks = the stacks of the waiting workers, and the slow and lock logs of what they call

## Silence, rhythm, and the requests that were on the way

gap-clock-set = the clock was set in it, so that it may be shorter than it looks
gap-host-down = the host went down or started in it
gap-host-slept = the host slept in it
gap-host-paused = the host was paused in it
gap-proxy-killed = the kernel killed the proxy
gap-proxy-stopped = the proxy was stopped or started in it
gap-disk-full = a disk was full, so that lines of the log may be lost
gap-at-end = the access log ends and other logs go on for { $length }: the proxy stopped logging, the users stayed away, or its log was copied earlier
gap-between-files = { $one } ends and { $other } begins here: a file between them may be missing from the bundle
gap-host-lived = other logs have events in it, so that the host lived; nothing says where the requests went
gap-nothing-told = no other log has an event in it
# A whole sentence. $process: one of the subject's processes ended, and not the whole of it. $range and $age-range: whether the least
# and the most differ.
keeps-ending = { $process ->
    [no] {""}
   *[yes] a process of{" "}
}{ $subject } { $end ->
    [oom_kill] was killed for memory
    [worker_timeout] lost workers that did not answer in time
    [runtime_heap_limit] reached its own memory limit
    [health_check] was ended by a health check
    [crash] crashed
   *[unknown] ended for no reason that the logs tell
} { $times } times{ merged-ends }, { $pace ->
    [uneven] { interval } apart, at no even interval
    [even] one every { interval }
   *[median] one every { interval } (half of them over { $median })
}{ $aged ->
    [no] {""}
   *[yes] , each time { ages } after a start
}{ $sized ->
    [no] {""}
   *[yes] ; the victims held { $size } (median)
}{ $forecast ->
    [no] {""}
   *[yes] ; the next is due about { $next } (give or take { $within }) if nothing changes
}.
merged-ends = { $merged ->
    [no] {""}
   *[yes] {" "}({ $ends } ends, those in quick succession counted as one)
}
interval = { $range ->
    [no] { $least }
   *[yes] { $least } to { $most }
}
ages = { $age-range ->
    [no] { $age-least }
   *[yes] { $age-least } to { $age-most }
}
suspect-moments = { $how ->
    [one] the moment at which a process died
    [both] both moments at which processes died
    [all] all { $deaths } moments at which processes died
   *[some] { $at-deaths } of the { $deaths } moments at which processes died
}{ $merged ->
    [no] {""}
   *[yes] {" "}({ $ends } ends, taken together in stretches of 5 s)
}
# Stands after the request: "POST /upload was ...".
suspect-request = on the way at { suspect-moments }{ $longest ->
    [none] {""}
    [one] , as the longest-running request that failed
    [all] , each time the longest-running request that failed
   *[some] , at { $longest-at } of them the longest-running request that failed
}{ $timed ->
    [no] {""}
   *[yes] {" "}(up to { $length })
}{ $sized ->
    [no] {""}
   *[yes] , up to { $size } sent by the client
}{ $uploads ->
    [0] {""}
   *[other] ; the proxy put { $uploads } of its request bodies on disk shortly before
}; it makes { $share } of all requests, so that chance puts it there with probability { $chance-told ->
    [no] below 0.000001
   *[yes] { $chance }
}

## How the clock of a log is known

clock-offset = offset in each line
clock-offset-by-dmesg = offset in each line, as computed by dmesg
clock-no-times = no times in it
clock-untied = nothing in the bundle ties its clock to UTC
clock-moved = { $evidence }; { $told }, and it is moved
clock-in-doubt = { $evidence }; in doubt: { $doubt }
clock-both = its records carry both the kernel's clock and wall-clock time
clock-both-parting = its records carry both the kernel's clock and wall-clock time; the two part by { $apart } on the way (a sleep of the host, or its clock was set)
clock-shared-lines = { $count } kernel lines shared with { $path }
clock-dump-corrected = { $evidence }; corrected by { $lines } kernel lines shared with { $path }, { $least } to { $most } s off
clock-shared-pids = { $count ->
    [one] 1 killed pid whose end { $path } tells
   *[other] { $count } killed pids whose end { $path } tells
}
clock-kill-pattern = { $count } of { $all } kills fall on seconds with failures at one shift only
clock-apart = { $count } things shared with { $path } show it { $apart } { $side ->
    [behind] behind
   *[ahead] ahead
}
clock-contradicted = { $one } and { $other } tell { $count } shared things { $apart } apart, and nothing shows whose clock is wrong
clock-summer-ends = { $evidence }; summer time ends in it
clock-own-votes = { $count } lines stand next to lines of the same file that carry an offset
clock-shared = { $count } { $what ->
    [requests] requests
    [ends] process ends
    [starts] process starts
   *[kernel] kernel lines
} shared with { $path }
clock-shared-things = { $count } things shared with { $path }
clock-two-offsets = { $count } things shared with other logs, on two offsets as summer time changes in { $zone }
clock-coincidence = { $count } of { $all } ends of processes coincide with failures elsewhere
clock-by-ridge = its { $kills } kills fit the failures in one stretch of time only
clock-by-audit = the times of audit records in it
clock-neighbour-and-hours = no shared events; { $file } of the same host is in that zone, and the hours that it covers fit
clock-neighbour = no shared events; the zone of { $file }; give --tz FILE=ZONE if it is wrong
clock-hours = no shared events, and no other log of the host tells its zone: the one that fits the hours of the bundle best; give --tz FILE=ZONE if it is wrong

## The answer that leads each form

# $count chooses the form of the words, $failed is shown: the same number with its digits grouped.
answer-what = { $total ->
    [unknown] { $failed }
   *[known] { $failed } of { $requests }
} { $counted ->
    [error-log] failures in the proxy's error log, as there is no access log
   *[access-log] requests failed
} ({ $statuses }), { $span }, { $duration }{ $worst-told ->
    [no] {""}
   *[yes] , worst minute { $worst }
}{ $censored ->
    [none] {""}
    [left] , already failing when the logs begin
    [right] , still failing at the end of the logs
   *[both] , already failing when the logs begin, still failing at the end of the logs
}
no-summary = The bundle does not tell the cause.
verdict-word = { $verdict ->
    [confirmed] confirmed
    [probable] probable
    [suspected] suspected
    [undetermined] undetermined
   *[unknown] unknown
}
# $one and $other are the likeliest causes with their probabilities.
verdict-sure = { $verdict ->
    [unknown] {""}
    [suspected] {""}
    [undetermined] , { $other-known ->
        [no] { $one }
       *[yes] { $one } or { $other }
    }
   *[other] , { $probability }
}
answer-verdict = { verdict-word }{ verdict-sure }
verdict = Verdict: { $verdict }
why-and-verdict = { $summary } Verdict: { $verdict }.
answer-collect = Collect { $data }{ $told ->
    [no] {""}
   *[yes] ; it tells apart { $causes }
}:
answer-nothing-to-do = Nothing that the logs call for now; keep this bundle.
check = Check: { $verify }
no-moment = time unknown
no-time = no time that could be read
no-incident-blind = No incident can be told: the bundle holds no access log, so failed requests cannot be counted. The logs cover { $window }.
no-incident = { $silent ->
    [no] No incident
   *[yes] No burst of failures, but no traffic { $gap } where about { $expected } requests were expected ({ $why })
}: { $requests } requests, { $some-failed ->
    [no] none failed
   *[yes] few failed, none of them in a burst ({ $statuses })
}.{ $hidden ->
    [0] {""}
    [one] {" "}A retry on another upstream hid 1 failure.
   *[other] {" "}A retry on another upstream hid { $hidden-shown } failures.
}{ $kills ->
    [0] {""}
    [one] {" "}The OOM killer killed 1 process, and no burst of failures followed.
   *[other] {" "}The OOM killer killed { $kills } processes, and no burst of failures followed.
} The logs cover { $window }.{ $lost ->
    [no] {""}
   *[yes] {" "}Part of the input is lost (see data quality), and an incident may be in it.
}
more-in-json = { $more } more in the JSON
redact-off = Secrets are not masked (--redact off).
redact-ids = Addresses, hosts and users are pseudonyms (--redact ids).
yes = yes
no = no
none = none
cannot-tell = cannot tell
times = { $times } times
kill-words = { $killer } killed { $victim }{ $pid-known ->
    [no] {""}
   *[yes] {" "}(pid { $pid })
}{ $size-known ->
    [no] {""}
   *[yes] , { $size }
}{ $cgroup-known ->
    [no] {""}
   *[yes] , in { $cgroup }
}{ $limit-known ->
    [no] {""}
   *[yes] , limit { $limit }
}
kills-words = { $killer } killed { $victim } { $times } times{ $size-known ->
    [no] {""}
   *[yes] , { $size }
}{ $cgroup-known ->
    [no] {""}
   *[yes] , in { $cgroup }
}{ $limit-known ->
    [no] {""}
   *[yes] , limit { $limit }
}
death-words = { $process }{ $pid-known ->
    [no] {""}
   *[yes] {" "}(pid { $pid })
}: { $signal-known ->
    [no] {""}
   *[yes] signal { $signal },{" "}
}{ $code-known ->
    [no] {""}
   *[yes] exit code { $code },{" "}
}{ $why }
signal = signal { $signal }
exit-code = exit code { $code }

## Headings and heads of tables

heading-incident = { $id } { $class ->
    [server] server
   *[gateway] gateway
} failures, { $span }
heading-incidents = Incidents, gravest first
heading-impact = Impact
heading-timeline = Timeline ({ $known ->
    [no] day unknown
   *[yes] { $day }
})
heading-chain = Cause chain
heading-belief = Why we believe it
heading-likeliest = What the likeliest cause rests on
heading-suspects = Suspect requests
heading-doubt = What speaks against it or was ruled out
heading-unseen = What could not be seen, and what to collect
heading-other-causes = Other causes that were considered
heading-actions = Actions
heading-traffic = Traffic
heading-kills = OOM kills
heading-deaths = Deaths
heading-recurrences = What keeps coming back
heading-gaps = No traffic where it was expected
heading-negatives = Negative findings
heading-looked-for = What was looked for
heading-clocks = Clocks
heading-sources = Sources
heading-sources-clocks = Sources and clocks
heading-quality = Data quality
heading-evidence = Evidence
title-incident = Incident report: { $verdict ->
    [unknown] cause not told
    [undetermined] { $other-known ->
        [no] { $one }
       *[yes] either { $one } or { $other }
    } ({ verdict-word })
   *[other] { $one } ({ verdict-word })
}, { $count ->
    [one] { $failed } failed request
   *[other] { $failed } failed requests
}, { $span }
title-no-incident = Incident report: no incident found{ $kills ->
    [0] {""}
    [one] , but 1 OOM kill
   *[other] , but { $kills } OOM kills
}
table-incidents = Incidents
table-timeline = Timeline
col-against = Against
col-cause = Cause
col-cgroup = Cgroup
col-claim = Claim
col-clock = Clock
col-command = Command
col-data = Data
col-death = Death
col-deaths = Deaths
col-duration = Duration
col-ended-by = Ended by
col-event = Event
col-evidence = Evidence
col-expected = Requests expected
col-failed = Failed
col-figure = Figure
col-first = First
col-for = For
col-format = Format
col-format-role = Format, role
col-from = From
col-holds = Holds?
col-host = Host
col-incident = Incident
col-invoker = Invoker
col-kill = Kill
col-killer = Killer, scope
col-kind = Kind
col-known-from = Known from
col-largest = Largest
col-last = Last
col-limit = Limit
col-line = Line
col-offset = Local minus UTC
col-others-say = What other logs say
col-path = Path
col-place = Place
col-probability = Probability
col-process = Process
col-records = Records
col-role = Role
col-rss = RSS
col-sigma = ±
col-source = Source
col-start = Start (UTC)
col-tells-apart = Tells apart
col-time = Time (UTC)
col-times = Times
col-to = To
col-unit = Unit, container
col-unparsed = Not understood
col-value = Value
col-verdict = Verdict
col-victim = Victim
col-what = What
col-when = When
col-why = Why

## The text form: lines of at most 80 columns, so keep the heads of columns short

label-what = WHAT
label-why = WHY
label-do = DO
# K and x are the marks under the picture and stay as they are.
text-picture = Failures per { $step }, at most { $peak }{ $marks ->
    [none] {""}
    [kills] ; K OOM kill
    [deaths] ; x death
   *[both] ; K OOM kill, x death
}
text-chain = Chain
text-against = Speaks against it / ruled out
text-against-line = { $id } against: { $line }
text-ruled-out = { $id } { $why }{ $chance-told ->
    [no] {""}
   *[yes] {" "}(so near by chance: { $chance })
}
text-unseen = Could not be seen
text-others = Other incidents
# Widths of the first four: 5, 20, 12 and 9.
text-col-id = id
text-col-start = start (UTC)
text-col-duration = duration
text-col-failures = failures
text-col-cause = cause, verdict
text-cause-and-verdict = { $verdict ->
    [unknown] unknown: bundle does not tell
   *[other] { $cause }, { verdict-word }
}
text-still-failing = Still failing at the end of the logs: { $incidents }
text-checked = Checked
text-holds = holds
text-not-so = NOT SO
text-cannot-tell = cannot tell
text-kills-outside = OOM kills tied to no incident
text-deaths-outside = Other deaths, tied to no incident
text-recurrences = Keeps coming back
text-gap = { $span }, about { $expected } requests expected: { $why }

## Markdown, and what HTML shares with it

lead-impact = Impact:
lead-cause = Cause:
lead-when = When:
lead-ongoing = Still ongoing:
lead-next = Next:
lead-isolated = Isolated failures, not in a burst:
lead-window = The logs cover:
lead-checked = What was checked:
impact = { $total ->
    [unknown] { $failed }
   *[known] { $failed } of { $requests }
} { $counted ->
    [error-log] failures in the proxy's error log, as there is no access log
   *[access-log] requests failed
} ({ $statuses }){ $worst-told ->
    [no] {""}
   *[yes] , worst minute { $worst }
}
cause-and-verdict = { $summary } (**{ verdict-word }**{ verdict-sure })
when = { $span }, { $duration }{ $censored ->
    [left] ; already failing when the logs begin
    [both] ; already failing when the logs begin
   *[other] {""}
}
ongoing = { $ongoing ->
    [yes] yes, still failing at the end of the logs
    [others] no, but { $incidents } still failed when the logs end
   *[no] no, the logs go on without such failures
}
next-collect = collect { $data }: { $command }
next-nothing = nothing that the logs call for now; keep this bundle
no-impact = none in { $requests } requests
unknown-impact = unknown: no access log, so failed requests cannot be counted
unknown-window = unknown, no log has a time
# Names the section that `heading-negatives` opens.
see-negatives = see *Negative findings*
gravest = { $id } (gravest)
verdict-and-probability = { verdict-word }{ $verdict ->
    [unknown] {""}
    [suspected] {""}
   *[other] , { $probability }
}
figure-requests = Requests in that time
figure-failed = Failed
figure-by-status = By status
figure-probes = Health-check probes among the failed
figure-worst-minute = Worst minute
figure-baseline = Share when nothing is wrong
figure-duration = Duration
figure-host = Host of the cause
figure-ongoing = Still ongoing
figure-already-failing = Already failing when the logs begin
figure-still-failing = Still failing at the end of the logs
figure-hidden = Hidden by a retry, not counted above
figure-route = Route { $route }
figure-other-routes = Other routes
figure-upstream = Upstream { $upstream }
figure-upstream-of = Upstream { $upstream }, { $service }
not-known = not known without an access log
worst-minute = { $share }{ $minute-known ->
    [no] {""}
   *[yes] {" "}({ $minute })
} of requests failed
duration-since = { $duration }{ $failing ->
    [no] {""}
   *[yes] ; already failing when the logs begin
}
failed-of = { $failed } failed; { $requests } requests in the time around it
more-of-kind = more of the kind { $kind }:
actions-as-for = The same as for { $incident }.
failed-count = { $failed } failed
picture-legend = Failures per { $step }, at most { $peak }{ $marks ->
    [none] {""}
    [kills] ; K is an OOM kill
    [deaths] ; x is a death
   *[both] ; K is an OOM kill, x a death
}:
event-times = { $event }{ $times ->
    [0] {""}
    [1] {""}
   *[other] {" "}({ $times } times in that second)
}
suspect-was = { $route } was { $told }
against = Against: { $line }
ruled-out = Ruled out: { $id } { $why }{ $chance-told ->
    [no] {""}
   *[yes] {" "}(so near by chance: { $chance })
}
nothing-against = Nothing in the bundle.
not-observable = Not observable: { $what }
when-now = Now
when-this-week = This week
when-prevent = To prevent it
task-verify = { $task }; verify: { $verify }
traffic-requests = Requests in the log nearest to the users
traffic-probes = Health-check probes, counted apart
traffic-sampled = Good requests beside no failure that were read for their route
traffic-hidden = Failures that a retry on another upstream hid
traffic-isolated = Isolated failures outside of incidents
users-met-nothing = users met nothing
tied-to-none = none
about = about { $count }
bundle = Bundle { $bundle }: { $size }, { members }
members = { $members } members
written-by = Written by { $tool } { $version }; a person should read it before it is passed on.
markdown-redact-off = **Secrets are not masked** (`--redact off`).
markdown-redact-ids = Addresses, hosts and users are pseudonyms (`--redact ids`).
estimated = { $what ->
    [routes] the requests by route of { $incident } are estimates
    [requests] the requests of { $incident } are an estimate
    [traffic] the totals of the traffic are estimates
    [probes] the number of health-check probes is an estimate
    [deaths] not all deaths are listed
   *[other] a figure is an estimate, or cut by a limit
} ({ $pointer } in the JSON)
left-out = Left out for want of room, and in the JSON: { $sections }.
names-and-more = { $names }; and { $more } more
show = Show
picture-alt = Timeline of requests, failures, kills and restarts
# In a Mermaid chart only letters, digits and . _ - / are shown.
chart-title = Times in UTC
chart-failures = Failures
chart-cause = Cause
chart-kill = OOM kill of { $victim }

## The post-mortem template

sre-status = Status: draft from logs; a person completes and reviews it.
sre-prompt = *To be written by a person.*
sre-root-cause = Root cause and trigger
sre-detection = Detection
sre-how-noticed = How was it noticed, by whom, how long after the first failure?
sre-resolution = Resolution
sre-what-ended-it = What ended it, and who did that?
sre-action-items = Action items
sre-col-item = Action item
sre-col-type = Type
sre-col-owner = Owner
sre-col-due = Due
sre-lessons = Lessons learned
sre-went-well = What went well
sre-went-wrong = What went wrong
sre-got-lucky = Where we got lucky

## HTML

skip-to-evidence = Skip to the evidence
html-what = What
html-why = Why
html-do = Do
html-gravest = (gravest)
html-against = Against:
html-ruled-out = Ruled out:
html-chance = (so near by chance: { $chance })
html-suspect-was = was { $told }
tells-apart = (tells apart { $causes })
timeline-table = Timeline as a table, { $lines } lines
picture-scrolls = Timeline picture, scrolls sideways on narrow screens
picture-help = Point at, tap or tab to a mark to read its log line; arrow keys walk from mark to mark, Enter leads to the evidence.
times-in-utc = Times are in UTC.
secrets-masked = Secrets are masked as ***.
no-line-cited = No line is cited.
with-neighbours = With the lines next to it in
told-by = Told by:

## The timeline picture

picture-title = Timeline of { $incident } { $span }
picture-title-quiet = Timeline of the logs: no incident
picture-about = Above, requests and failed answers by time; below, one lane for each process, container or host with its kills, deaths, stops and starts. The same facts stand in the tables of the report.
# In the legend there is room for about 14 letters each.
mark-kill = OOM kill
mark-death = death
mark-stop = stop
mark-start = start
mark-line = log line
legend-unrelated = unrelated
legend-clock = clock ±1σ
legend-chain = cause chain
mark-ruled-out = ruled out
mark-unfelt = users met nothing of it
mark-first-of = first of { $marks } in the same place
mark-and-more = and { $more } more
lane-ends = kills and deaths
panel-closely = { $incident } closely, { $times }{ $left-out ->
    [0] {""}
   *[other] ; { $left-out } more lanes are left out
}
panel-all = All logs, { $times }
# Left of the picture there is room for about 27 letters.
bars-requests = requests per { $step }
bars-failures = failures per { $step }
at-most = at most { $peak }
burst-about = { $incident }: { $failures } failures, { $span }, { text-cause-and-verdict }
unseen-about = the access log does not reach here
unseen-short = no access log
gap-about = no traffic { $span }: { $why }
gap-short = no traffic
memory-of-victims = memory of the victims
memory-scale = scale to { $size }
memory-dash = dash: limit
memory-limit = limit { $size }

## Two reports against each other (coroner diff)

diff-word = { $held ->
    [yes] The fix held.
    [no] The fix did not hold.
    [partly] The fix held in part.
   *[unknown] Whether a fix held cannot be said.
}
# What was wrong: a cause by its name, and whose it was.
diff-trouble = { $known ->
    [no] { $cause }
   *[yes] { $cause } of { $name }
}
diff-failures = { $failures ->
    [one] 1 failed request
   *[other] { $failures } failed requests
}
diff-nothing-before = There was no incident before, { $incidents ->
    [0] and there is none after
    [one] and there is 1 after
   *[other] and there are { $incidents } after
}.
diff-came-again = { $trouble } came again: { diff-failures }, after { $before } before. It is the same cause.
diff-open-before = The cause was open before, so nobody can say whether it is gone.
diff-open-after = Requests failed after it too ({ $incident }), of a cause that stays open: it may be the same.
diff-still-killed = Requests do not fail of { $trouble } any more, but it is still killed for memory: { $kills ->
    [one] 1 time
   *[other] { $kills } times
}.
diff-no-requests = The logs after hold no requests, so nothing could have failed in them.
diff-too-short = { $trouble } did not come back, but the logs after cover { $seen } of requests, and before it took { $needed } to come: too short to tell.
diff-held = { $trouble } did not come back in { $seen } of requests.
diff-held-but = { $trouble } did not come back, but users met another incident: { $cause } ({ verdict-word }), { diff-failures }.
# The labels of the text form, as short as can be; and the same before what the logs cover.
diff-before = before
diff-after = after
diff-before-covers = before: { $covers }
diff-after-covers = after: { $covers }
diff-covers = { $name }, { $start } to { $end }, { $requests ->
    [one] 1 request
   *[other] { $requests } requests
}
diff-incident = { $id } { $start }: { $cause } ({ verdict-word }), { diff-failures }
diff-again = Again: { $cause }, { $before } before and { $after } after
diff-the-same = The same: { $names }
diff-only-before = Only before
diff-only-after = Only after
diff-col-before = Before
diff-col-after = After
# What is compared: heads of lines, with a small letter.
diff-what-verdict = verdict
diff-what-first = first failure
diff-what-duration = duration
diff-what-failed = failed requests
diff-what-statuses = statuses
diff-what-worst = worst minute
diff-what-routes = routes
diff-what-upstreams = upstreams
diff-what-kills = kills
diff-what-victim = victim
diff-what-memory = victim's memory
diff-what-limit = memory limit
diff-what-incidents = incidents
diff-what-requests = requests
diff-what-oom-kills = OOM kills
diff-failed-of = { $failed } of { $requests }
diff-victim-of = { $victim } of { $unit }

## What each file was taken for (coroner inspect)

inspect-taken = { $format } ({ $role }), { $records ->
    [one] 1 record
   *[other] { $records } records
}, { $understood } % understood{ $unparsed ->
    [0] {""}
    [one] , 1 line not
   *[other] , { $unparsed } lines not
}
inspect-because = because: { $reason }
inspect-span = { $first } to { $last }
inspect-clock = clock: { $basis } { $offset } s, ±{ $sigma } s: { $evidence }
inspect-unread = not understood, line { $line }: { $text }
inspect-problems = Passed over or damaged:
taken-snapshot = its text has the form of that program's output
taken-dmesg = lines as dmesg prints them
taken-wrapped = records in the form { $form }
taken-requests = { $requests ->
    [one] 1 request
   *[other] { $requests } requests
}
taken-kernel = { $messages ->
    [one] 1 message of the kernel
   *[other] { $messages } messages of the kernel
}
taken-of-format = { $lines } of { $format }
taken-of-more = others of { $formats ->
    [one] 1 more format
   *[other] { $formats } more formats
}
taken-nothing = lines with times that no format explains
taken-nothing-untimed = lines without times that no format explains

## Why something could not be read; as the places that read it say it

unread-empty = empty
unread-no-log = text that is no known log ({ $lines ->
    [one] 1 line
   *[other] { $lines } lines
}, beginning "{ $line }"), passed over
unread-no-log-unquoted = text that is no known log ({ $lines ->
    [one] 1 line
   *[other] { $lines } lines
}), passed over
unread-binary = binary bytes, passed over
unread-elf = an ELF program, passed over
unread-jpeg = a JPEG picture, passed over
unread-png = a PNG picture, passed over
unread-pdf = a PDF document, passed over
unread-binary-journal = a binary journal; export it with journalctl -o export, passed over
unread-sqlite = an SQLite database, passed over
unread-zip-inside = a zip archive; unpack it first, passed over
unread-packet-capture = a packet capture, passed over
unread-lines = { $unparsed } of { $lines ->
    [one] 1 line was
   *[other] { $lines } lines were
} not understood; see coroner inspect
unread-partial-line = the last line has no end, for the file was cut; it was left out
unread-entries = { $entries ->
    [one] 1 place holds no whole entry of this form; what stood there is not read
   *[other] { $entries } places hold no whole entry of this form; what stood there is not read
}
unread-long-lines = { $lines ->
    [one] 1 line is longer than { $most } bytes; the rest of it was not read
   *[other] { $lines } lines are longer than { $most } bytes; the rest of each was not read
}
unread-nul-bytes = { $bytes ->
    [one] 1 NUL byte was passed over, as a power loss or copytruncate leaves them
   *[other] { $bytes } NUL bytes were passed over, as a power loss or copytruncate leaves them
}
unread-large-snapshot = a snapshot of more than { $most } bytes, passed over
unread-state-dump = looks like a state dump that cannot be read, passed over
unread-events = { $events ->
    [one] 1 event beyond the limit was counted and not kept
   *[other] { $events } events beyond the limit were counted and not kept
}
unread-logs = { $logs ->
    [one] more than { $most } logs: 1 was not kept, { $first } (--max-logs)
   *[other] more than { $most } logs: the { $logs } that tell least were not kept, { $first } and others (--max-logs)
}
unread-more = { $more ->
    [one] 1 more problem of this kind is not listed
   *[other] { $more } more problems of this kind are not listed
}

# Files, folders and the reading of them.
unread-not-opened = cannot be opened: { $reason }
unread-file = the file cannot be read: { $reason }
unread-folder = the folder cannot be read: { $reason }
unread-folder-rest = the rest of the folder cannot be read: { $reason }
unread-failed = reading failed at byte { $byte }: { $reason }
unread-shrank = the file shrank while it was read: { $came } of { $bytes ->
    [one] 1 byte was there
   *[other] { $bytes } bytes were there
}
# $reason is unread-time-over.
unread-stopped = { $reason }; the rest after byte { $byte } was not read
unread-time-over = { $seconds ->
    [one] 1 second of reading is over (--max-seconds)
   *[other] { $seconds } seconds of reading are over (--max-seconds)
}
unread-too-many-files = more than { $files } files; this one and all after it were not read
unread-too-many-names = more than { $names } names in one folder; { $dropped ->
    [one] the last one was not read
   *[other] the last { $dropped } were not read
}
unread-symbolic-link = a symbolic link, not followed; what it leads to is read under its own name, if it is in the folder
unread-hard-link = a hard link to a file that is read under another name
unread-special = neither a file nor a folder (a pipe, socket or device)

# Streams that are packed.
unread-stream-ends = { $format } stream ends at compressed byte { $byte }
unread-corrupt = { $format } stream is corrupt at compressed byte { $byte }
unread-gzip-flags = gzip header at byte { $byte } has unknown flags
unread-gzip-name = gzip header has a name without end
# $what is unread-corrupt, unread-gzip-flags or unread-gzip-name.
unread-rest-lost = { $what }; { $bytes ->
    [one] 1 byte before it was unpacked
   *[other] { $bytes } bytes before it were unpacked
}, the rest is lost
unread-trailing = { $bytes ->
    [one] 1 trailing byte after the { $format } data is not { $format } and was ignored
   *[other] { $bytes } trailing bytes after the { $format } data are not { $format } and were ignored
}
unread-window = { $format } stream needs { $need } MiB of memory to unpack, and { $left } MiB are left for it; recompress it with xz -6 or gzip, or unpack it first
# $part is one of unread-part-*.
unread-wrong-sum = checksum or length of { $part } is wrong: what it holds up to compressed byte { $byte } may be wrong
unread-wrong-sums = checksum or length of { $part } and of { $more } more is wrong: what it holds up to compressed byte { $byte } may be wrong
unread-wrong-sum-of-member = checksum or length of { $part } is wrong: what it holds may be wrong
# Two reasons; both are messages of this list.
unread-both = { $one }; { $other }
unread-part-gzip-member = gzip member { $number }
unread-part-xz-block = xz block { $number }
unread-part-xz-index = the index of xz stream { $number }
unread-part-zstd-frame = zstd frame { $number }
unread-part-bzip2-stream = bzip2 stream { $number }
unread-part-bzip2-block = bzip2 block { $number }
unread-part-zip-member = zip member { $number }
unread-too-much = { $bytes ->
    [one] more than 1 byte unpacked
   *[other] more than { $bytes } bytes unpacked
}; the rest was not read
unread-bomb = unpacks to more than { $ratio } times its size, as only a decompression bomb does; the rest after { $bytes ->
    [one] 1 byte
   *[other] { $bytes } bytes
} was not read
unread-no-thread = no thread could be started to unpack it: { $reason }; { $bytes ->
    [one] 1 byte was unpacked
   *[other] { $bytes } bytes were unpacked
}
unread-unpacking-stopped = the unpacking stopped without a reason
unread-packer = packed with { $packer }; unpack it or pack it as gzip
unread-xz-filter = packed through xz filter { $filter }, which is for programs; unpack it first
unread-zstd-dictionary = packed with a zstd dictionary, which is not here; unpack it first, with zstd -D
unread-old-bzip2 = packed by a bzip2 older than 0.9.5, in a way that was given up since; unpack it first

# Archives and their members.
unread-archive-ends-in-header = the archive ends inside a header, at byte { $byte }
unread-archive-ends-in-member = the archive ends inside a member, at byte { $byte }
unread-archive-ends-in-content = the archive ends inside the content of a member, at byte { $byte }
unread-archive-ends-in-padding = the archive ends inside the padding of a member, at byte { $byte }
unread-archive-without-end = the archive has no end mark at byte { $byte }: if it was cut just there, members are missing
unread-archive-without-directory = the archive ends at byte { $byte } without its directory: members may be missing
unread-archive-ignored = { $bytes ->
    [one] 1 byte after the end of the archive is no { $format } and was ignored
   *[other] { $bytes } bytes after the end of the archive are no { $format } and were ignored
}
unread-header-lost = no valid { $format } header at byte { $byte }: { $bytes ->
    [one] 1 byte passed over
   *[other] { $bytes } bytes passed over
} to find the next one
unread-directory-count = the directory lists { $listed ->
    [one] 1 member
   *[other] { $listed } members
}, and { $members ->
    [one] 1 was found
   *[other] { $members } were found
}
unread-directory-names = names of members are not those of the directory: some of them may be wrong
unread-member-cut = only { $came } of its { $bytes ->
    [one] 1 byte is
   *[other] { $bytes } bytes are
} in the archive
# $reason is a message of this list: why the stream around it ends.
unread-member-cut-because = only { $came } of its { $bytes ->
    [one] 1 byte is
   *[other] { $bytes } bytes are
} in the archive: { $reason }
unread-member-open = the archive ends after { $came ->
    [one] 1 byte
   *[other] { $came } bytes
} of it
unread-member-open-because = the archive ends after { $came ->
    [one] 1 byte
   *[other] { $came } bytes
} of it: { $reason }
unread-too-many-members = { $members ->
    [one] more than 1 member
   *[other] more than { $members } members
}; { $name } and all after it were not read
unread-all-unpacked = { $bytes ->
    [one] 1 byte was unpacked
   *[other] { $bytes } bytes were unpacked
}; { $name } and all after it were not read
unread-too-deep = { $layers ->
    [one] an archive inside 1 other; unpack the outer one
   *[other] an archive inside { $layers } others; unpack the outer ones
}
unread-name-cut = a name of { $bytes } bytes was cut; { $most } is the most
unread-long-name = a long name of { $bytes } bytes was passed over; { $most } is the most that is read
unread-long-pax = a pax header of { $bytes } bytes was passed over; { $most } is the most that is read
unread-long-path = a path of { $bytes } bytes was passed over; { $most } is the most that is read
unread-bad-pax = a malformed pax header before byte { $byte }; it was ignored
unread-sparse = stored without its holes (a GNU sparse member), which cannot be read; pack it again without --sparse
unread-symbolic-link-to = a symbolic link to { $target }; what it leads to is read under its own name, if it is here
unread-hard-link-to = a hard link to { $target }; what it leads to is read under its own name, if it is here
unread-device = a device file
unread-named-pipe = a named pipe
unread-tar-type = tar type { $type } cannot be read; pack it as a plain file
unread-document = a zip archive of a document or a program, passed over
unread-encrypted = encrypted; unpack it first, with its password
unread-patch = a patch for another file
unread-method = packed with { $packer }; unpack it first, or pack it with deflate
unread-method-unknown = packed in an unknown way; unpack it first, or pack it with deflate

# Capsules.
unread-capsule-member = a member of a capsule of more than { $most } bytes
unread-capsule-head = the first line of a capsule's member cannot be read
unread-capsule-record = capsule.json cannot be read: { $reason }
unread-capsule-version = the capsule has format { $version } and this coroner reads { $own }; use a newer one
unread-capsule-lost = lines of a capsule without its capsule.json, passed over
unread-capsule-lines = { $missing } of { $told ->
    [one] 1 line that raised an event is missing in the capsule or was changed; what it told does not count
   *[other] { $told } lines that raised an event are missing in the capsule or were changed; what they told does not count
}
unread-capsule-events = { $events ->
    [one] 1 event of the bundle is not in the capsule
   *[other] { $events } events of the bundle are not in the capsule
}
