### Thông điệp của coroner bằng tiếng Việt. Quy tắc: xem en.ftl và src/wording/mod.rs.

## Những phần nhỏ mà thông điệp khác dùng

name = { $name }
and = { $one } và { $other }
clauses = { $one }; { $other }
listed = { $one }, { $other }
failing = { $services ->
    [0] ứng dụng
    [1] { $service }
    [2] { $service } và { $last }
    [3] { $service }, { $others } và { $last }
   *[other] { $service } và { $more } dịch vụ khác
}
app-of-log = ứng dụng ({ $file })
processes = { $processes } tiến trình

## Tên các nguyên nhân

title-crash-exception = tiến trình kết thúc vì lỗi không được xử lý của chính nó
title-crash-segv = tiến trình chết vì tín hiệu lỗi (SIGSEGV và tương tự)
title-dependency-down = cơ sở dữ liệu, cache hoặc dịch vụ phụ thuộc bị ngừng hay bị khóa
title-deploy-restart = dừng, khởi động lại hoặc triển khai có chủ ý
title-disk-full = đĩa hết chỗ
title-health-check-kill = tiến trình bị dừng do health check
title-host-restart = máy chủ khởi động lại hoặc bị tạm dừng
title-manual-sigkill = tiến trình bị người hoặc công cụ kill
title-memory-pressure = thiếu bộ nhớ đến mức các dịch vụ bị đình trệ
title-network = phân giải tên, TLS hoặc mạng bị lỗi
title-oom-kill-global = tiến trình bị kill vì máy chủ hết bộ nhớ
title-oom-kill-memcg = tiến trình bị kill khi chạm giới hạn bộ nhớ của cgroup
title-proxy-configuration = cấu hình proxy không khớp với upstream
title-resource-exhaustion = chạm giới hạn về kết nối, tệp, worker hoặc hàng đợi
title-runtime-heap-limit = tiến trình bị dừng ở giới hạn bộ nhớ của runtime hoặc trình quản lý tiến trình
title-slow-upstream = upstream trả lời quá muộn
title-worker-timeout = worker bị máy chủ ứng dụng dừng vì không trả lời kịp

## Vì sao hỏng

best-guess = Gói log không cho biết vì sao; phỏng đoán hợp lý nhất là { $guess } ({ $probability }), nhưng có quá ít căn cứ.
no-cause-told = Gói log không cho biết vì sao.
two-sentences = { $one } { $two }
symptom-proxy = log của proxy ghi { $shown } lần { $kind ->
    [upstream-refused] từ chối kết nối
    [upstream-reset] kết nối bị đặt lại
    [upstream-closed] kết nối đóng trước khi trả lời
    [upstream-timeout] hết thời gian chờ
    [upstream-socket-missing] không có socket
    [upstream-backlog-full] hàng đợi kết nối đầy
    [upstream-unreachable] không có đường đi
    [upstream-none-live] không còn upstream nào sống
   *[other] { $words }
}{ $place-known ->
    [no] {""}
   *[yes] {" tại "}{ $place }
} (đầu tiên { $path }:{ $line })
symptom-access = log truy cập có { $shown } lần { $status }{ $place-known ->
    [no] {""}
   *[yes] {" tại "}{ $place }
}{ $timed ->
    [no] {""}
   *[yes] {", chậm nhất sau "}{ $longest }
}{ $kind ->
    [none] {""}
    [upstream-refused] : từ chối kết nối
    [upstream-reset] : kết nối bị đặt lại
    [upstream-closed] : kết nối đóng trước khi trả lời
    [upstream-timeout] : hết thời gian chờ
    [upstream-socket-missing] : không có socket
    [upstream-backlog-full] : hàng đợi kết nối đầy
    [upstream-unreachable] : không có đường đi
    [upstream-none-live] : không còn upstream nào sống
   *[other] : { $words }
} (đầu tiên { $path }:{ $line })
either-or = Hoặc { $one }, hoặc { $other }; gói log không cho biết là trường hợp nào.

named-error = { $error-known ->
    [yes] , theo vết lỗi: { $error }
   *[other] {""}
}
broken-answers = { failing } đã { $times } lần gặp lỗi của chính nó và đóng kết nối mà không trả lời{ named-error }
crash-at-start = { failing } đã { $times } lần không khởi động được{ named-error }
crash-exit-status = { failing } đã { $times } lần tự kết thúc với mã thoát { $code }, và không dòng nào đọc hiểu được nói vì sao
crash-exception = { failing } đã { $times } lần kết thúc vì lỗi không được xử lý của chính nó{ named-error }
crash-segv = { processes } của { failing } chết vì tín hiệu lỗi{ $place ->
    [unknown] {""}
   *[known] {" "}trong { $library }
}
dependency-down = { $known ->
    [no] một dịch vụ phụ thuộc
   *[yes] { $name }
} { $state ->
    [locked] giữ các câu lệnh chờ khóa
    [locked-full] giữ các câu lệnh chờ khóa cho đến khi không còn kết nối nào
    [unserving] không phục vụ
   *[down] bị ngừng hoặc từ chối client
}, và { failing } lỗi vì { $state ->
    [locked] việc đó
    [locked-full] việc đó
   *[other] thiếu nó
}
deploy-reload = { failing } được lệnh nạp lại mã hoặc cấu hình, và lỗi cho đến khi xong
deploy-restart = { failing } được lệnh dừng và vắng mặt cho đến khi được khởi động lại
deploy-stopped = { failing } được lệnh dừng, và không log nào cho thấy nó khởi động lại
deploy-undated = đúng một lần không có ai lắng nghe ở { failing }, và log của nó, vốn không mang thời gian, có một lần dừng và một lần khởi động
deploy-too-early = proxy đã được chuyển sang { failing } trước khi có tiến trình lắng nghe ở đó
deploy-maintenance = proxy được lệnh đưa { $place } ra khỏi phục vụ, và không còn máy chủ nào khác
disk-full-proxy = một đĩa bị đầy, và proxy lỗi vì nó
disk-full = một đĩa bị đầy, và { failing } lỗi vì thế
health-check-kill = { failing } không qua được health check và bị dừng vì thế
host-restart = chính máy chủ đã khởi động lại hoặc bị tạm dừng, kéo theo các dịch vụ của nó
sigkill-ordered = { processes } của { failing } bị kill theo lệnh của docker hoặc systemd
sigkill-commanded = { processes } của { failing } bị kill bởi một lệnh có ghi trong log
sigkill-cron = { processes } của { failing } bị kill bởi một tác vụ cron của { $user }, "{ $command }"
sigkill-sysrq = { processes } của { failing } bị kernel kill vì có người yêu cầu (SysRq f); kernel không tự làm vì hết bộ nhớ
sigkill-unexplained = { processes } của { failing } chết vì SIGKILL mà không log nào giải thích
sigkill-by-somebody = { failing } chết vì SIGKILL, và log kernel bao phủ thời điểm đó không cho thấy OOM kill nào của nó: ai đó hoặc thứ gì đó đã gửi tín hiệu
sigkill-perhaps-oom = { processes } của { failing } chết vì SIGKILL, có thể do OOM killer gửi
sigkill-either = { processes } của { failing } chết vì SIGKILL, và gói log không cho biết do OOM killer hay ai hoặc thứ gì khác gửi
memory-pressure = máy chủ thiếu bộ nhớ đến mức câu trả lời đến quá muộn
network-unanswered = kết nối tới upstream không được trả lời: chúng bị loại bỏ giữa proxy và upstream, hoặc máy chủ của nó vắng mặt
network = { $step ->
    [name] proxy không phân giải được tên của upstream{ $place-known ->
        [no] {""}
       *[yes] , { $place }
    }
    [tls] TLS giữa proxy và upstream thất bại{ $place-known ->
        [no] {""}
       *[yes] {" "}({ $place })
    }
    [route] proxy không tìm được đường tới upstream{ $place-known ->
        [no] {""}
       *[yes] {" "}ở { $place }
    }
   *[several] proxy không phân giải được, không tới được hoặc không tin được upstream qua mạng
}
oom-kill = OOM killer của kernel đã kill { $victim }{ $owner-known ->
    [no] {""}
   *[yes] {" "}của { $owner }
}{ $times ->
    [1] {""}
   *[other] {" "}{ $times } lần
} vì { $limited ->
    [known] cgroup của nó chạm giới hạn { $limit }
    [unknown] cgroup của nó chạm giới hạn bộ nhớ
   *[host] máy chủ hết bộ nhớ
}{ $hog-told ->
    [no] {""}
   *[yes] ; giữ nhiều bộ nhớ nhất là { $hog }
}{ $dependency ->
    [no] {""}
   *[yes] , và { failing } lỗi vì thiếu { $victim }
}
oom-killed-as-told = { failing } bị OOM kill, theo lời { $witness ->
    [runtime] container runtime
   *[systemd] systemd
}
oom-killed-as-inspected = { processes } của { failing } chết{ $signal ->
    [kill] {" "}vì SIGKILL
   *[unknown] {""}
}, và docker inspect báo OOMKilled
oom-kill-userspace = { $killer-known ->
    [no] một trình diệt tiến trình ở user space
   *[yes] { $killer }
} đã kill { $victim-known ->
    [no] một tiến trình
   *[yes] { $victim }
} vì máy chủ thiếu bộ nhớ
proxy-tls-to-plain = proxy nói TLS với upstream chỉ nói HTTP thường{ $place-known ->
    [no] {""}
   *[yes] {" "}({ $place })
}
proxy-socket-forbidden = proxy không được phép mở socket của upstream{ $place-known ->
    [no] {""}
   *[yes] , { $place }
}: bị từ chối quyền
proxy-port-forbidden = proxy không được phép kết nối tới upstream{ $place-known ->
    [no] {""}
   *[yes] {" "}ở { $place }
}: bị từ chối quyền
proxy-header-too-big = header trong câu trả lời của upstream lớn hơn bộ đệm mà proxy dành cho nó{ $place-known ->
    [no] {""}
   *[yes] {" "}({ $place })
}
proxy-no-resolver = proxy phải phân giải { $name } cho từng yêu cầu, mà không có máy chủ tên nào được cấu hình cho việc đó (resolver)
proxy-no-url = đích mà proxy được cấu hình để chuyển yêu cầu tới không phải là URL ("{ $name }"), nên nó không hỏi ai
proxy-answer-refused = proxy từ chối câu trả lời của upstream{ $place-known ->
    [no] {""}
   *[yes] {" "}({ $place })
} vì không hợp lệ{ $reason-known ->
    [no] {""}
   *[yes] : "{ $reason }"
}
socket-missing = { $place-known ->
    [no] socket của upstream
   *[yes] socket { $place }
}, nơi proxy tìm ứng dụng, không tồn tại{ $elsewhere ->
    [no] {""}
   *[yes] , trong khi ứng dụng lắng nghe ở { $listens }
}
nothing-listens = không có gì lắng nghe ở { $place-known ->
    [no] địa chỉ của upstream
   *[yes] { $place }
}, nơi proxy tìm ứng dụng{ $elsewhere ->
    [no] {""}
   *[yes] , trong khi ứng dụng lắng nghe ở { $listens }
}
request-errors = { failing } đã { $times } lần trả lời bằng lỗi của chính nó{ named-error }
resource-exhaustion = { $what ->
    [throttle] proxy đã từ chối yêu cầu theo giới hạn được đặt cho nó (limit_req, limit_conn)
    [backlog] hàng đợi kết nối (listen backlog) bị đầy
    [proxy] proxy hết kết nối, cổng hoặc file descriptor
    [workers] mọi worker đều bận và đã chạm giới hạn số worker
    [queue] hàng đợi lắng nghe (listen queue) bị đầy
    [files] hết file descriptor
    [conntrack] bảng theo dõi kết nối bị đầy
    [clients] hết kết nối tới dịch vụ phụ thuộc
   *[system] chạm một giới hạn của hệ thống
}{ $what ->
    [throttle] {""}
    [proxy] {""}
   *[other] {" "}ở { failing }
}{ $surge ->
    [no] {""}
   *[yes] , trong khi yêu cầu đến nhanh gấp { $rate } lần trước đó
}
pool-used-up = { failing } đã dùng hết pool kết nối của chính nó: "{ $limit }"
runtime-heap-limit = { failing } đã { $times } lần chạm { $runtime ->
    [node] giới hạn heap của Node.js
    [jvm] giới hạn heap của JVM
    [php] memory_limit của PHP
    [manager] giới hạn bộ nhớ của trình quản lý tiến trình
   *[other] giới hạn bộ nhớ của chính runtime hoặc trình quản lý tiến trình
}
slow-upstream = { failing } trả lời muộn hơn thời gian proxy chờ{ $routes ->
    [many] {""}
   *[one] , tất cả trên cùng một route
}{ $why ->
    [disk] , trong khi một đĩa hoặc máy chủ tệp không trả lời kịp
    [processors] , trong khi bộ xử lý của một host bị giữ chặt
    [workers] , trong khi máy chủ của nó báo thiếu worker rảnh
   *[untold] , và không log nào trong gói cho biết vì sao
}
worker-timeout = { failing } đã bỏ và dừng { $workers } worker không trả lời kịp

## Những gì lẽ ra cho biết mà không có

unseen-app-log = log của ứng dụng vào lúc đó
unseen-dependency-log = log của chính dịch vụ phụ thuộc
unseen-kernel-log = log kernel
unseen-wait = các worker đã chờ cái gì

## Cần làm gì

advice-recycle = Khởi động lại { failing } trước khi nó chạy được { $age }: nó đã kết thúc { $times } lần theo nhịp đều, sớm nhất là { $age } sau { $since ->
    [start] khi khởi động
   *[end] lần kết thúc trước
}; thứ làm đầy bộ nhớ sẽ quay lại, thêm bộ nhớ chỉ dời lần kết thúc tiếp theo
advice-stop-growth = Giảm tải đang làm đầy bộ nhớ của { failing } (ít yêu cầu cùng lúc hơn, hoặc bỏ hẳn route gây ra): nó đã kết thúc { $times } lần, sớm nhất chỉ { $age } sau { $since ->
    [start] khi khởi động
   *[end] lần kết thúc trước
}, quá nhanh để việc tái tạo có ích
advice-recycle-workers-at = Thay mới worker của { failing } trước khi chạy được { $age } (max_requests, ngưỡng bộ nhớ): { $times } worker đã bị kill vì bộ nhớ, sớm nhất là { $age } sau khi khởi động; thứ làm đầy bộ nhớ sẽ quay lại, thêm bộ nhớ chỉ dời lần kết thúc tiếp theo
advice-read-last-lines = Đọc những gì { failing } ghi ngay trước mỗi lần kết thúc (journalctl -u, docker logs, các tệp log của trình quản lý tiến trình); quay lại bản cũ nếu trước đó có triển khai
advice-read-trace = Đọc trace trong log của { failing }; rollback nếu trước đó có triển khai
advice-catch-error = Bắt lỗi ngay nơi nó phát sinh, để một yêu cầu lỗi thay vì cả tiến trình
advice-start-now = Khởi động { failing } ngay: đã kết thúc lúc { $time }, và không log nào cho thấy việc khởi động sau đó
advice-keep-crashers-away = Chặn các yêu cầu làm { failing } sập, hoặc rollback bản cập nhật mã native gần nhất{ $place ->
    [unknown] {""}
   *[known] {" "}trong { $library }
}
advice-core-dump = Lấy core dump (coredumpctl, ulimit -c) và gửi backtrace cho nhóm phát triển thư viện
advice-sanitizer = Kiểm thử phần mở rộng native với dữ liệu độc hại dưới sanitizer
advice-lock-holder = { $told ->
    [no] Tìm ai đang giữ khóa (pg_stat_activity, pg_blocking_pids) và kết thúc phiên đó nếu vẫn còn giữ
   *[yes] Tiến trình { $holder } của cơ sở dữ liệu đã giữ khóa: xem nó đang chạy gì (pg_stat_activity where pid = { $holder }), và kết thúc nó (pg_terminate_backend) nếu vẫn còn giữ
}
advice-lock-released = Câu lệnh của tiến trình { $holder }, đã chạy { $length }, kết thúc lúc { $time }: tìm xem ai đã chạy nó (nằm trong dòng được dẫn), và kiểm tra các kết nối đã chờ nay đã rảnh (pg_stat_activity)
advice-dependency-runs = Kiểm tra dịch vụ phụ thuộc đang chạy và trả lời, rồi các client của nó đã kết nối lại
advice-statement-timeout = Đặt cho các câu lệnh SQL của { failing } thời gian chờ ngắn hơn của proxy (statement_timeout, lock_timeout), để việc chờ khóa chỉ làm hỏng một yêu cầu và giải phóng worker
advice-retry-dependency = Đặt timeout và thử lại cho { failing } khi gọi dịch vụ phụ thuộc, để mất một kết nối không làm chết tiến trình
advice-lock-timeout = Chạy migration với lock_timeout, và chỉ khởi động lại kho dữ liệu trong khung giờ đã báo trước
advice-planned = Không cần gì, nếu việc khởi động lại là có chủ ý: dịch vụ đã trở lại
advice-restart-without-gap = Khởi động lại { failing } không gián đoạn: giữ socket lắng nghe mở (socket activation của systemd, reload) hoặc bật bản mới trước
advice-maintenance = Không cần gì, nếu đó là chủ ý; nếu không, tìm ai đã ra lệnh: socket điều khiển, trang web của proxy hay một script triển khai
advice-switch-when-ready = Chỉ chuyển proxy sang { failing } khi nó đã trả lời kiểm tra, và dừng bản cũ sau đó
advice-free-space = Giải phóng chỗ trên đĩa đầy (df -h, df -i, du -x --max-depth=2), rồi khởi động lại những gì không tự hồi phục
advice-what-filled-it = Tìm thứ đã làm đầy đĩa: tệp tải lên, log không xoay vòng, tệp tạm
advice-alert-space = Cảnh báo ở mức 80 % dung lượng và inode, và để ứng dụng trả 507 thay vì chết
advice-why-no-answer = Tìm hiểu vì sao { failing } không trả lời health check
advice-patient-check = Làm cho health check kiên nhẫn và nhẹ: route riêng, thử nhiều lần hơn, có start period
advice-all-back = Kiểm tra mọi dịch vụ đã trở lại (systemctl --failed, docker ps)
advice-why-restarted = Tìm hiểu vì sao nó khởi động lại: last -x, sự kiện của nhà cung cấp, dòng panic của lần boot trước (journalctl -b -1 -e)
advice-proxy-after-app = Khởi động proxy sau ứng dụng (After=), hoặc để proxy trả 503 kèm Retry-After cho đến khi ứng dụng sẵn sàng
advice-runs-again = Kiểm tra { failing } đã chạy lại
advice-who-sent = Hỏi xem ai hoặc cái gì đã gửi SIGKILL: lịch sử shell, log sudo và audit, cron, hệ thống giám sát tự khởi động lại
advice-find-sender = Tìm ai hoặc thứ gì gửi SIGKILL (lịch sử shell, log sudo và audit, tác vụ cron, giám sát tự khởi động lại): { failing } đã bị kill { $times } lần, chỉ khởi động lại thì chỉ trụ được đến lần sau
advice-cron-job = Bỏ hoặc sửa tác vụ cron của { $user } (crontab -l, /etc/cron.d): nó chạy "{ $command }"{ $times ->
    [1] {", lúc "}{ $first }
   *[other] {", "}{ $times } lần từ { $first } đến { $last }, và sẽ lại chạy
}
advice-record-signals = Ghi lại tín hiệu: auditctl -a always,exit -F arch=b64 -S kill -F a1=9
advice-look-at-pressure = Xem /proc/pressure/memory và các tiến trình lớn nhất (ps --sort=-rss), dừng những gì không cần
advice-working-set = Cấp cho máy chủ hoặc container đủ bộ nhớ cho working set, kể cả page cache
advice-alert-psi = Cảnh báo theo áp lực bộ nhớ (PSI) chứ không chỉ theo mức sử dụng
advice-network-steps = Từ máy chủ proxy: phân giải tên upstream, thử cổng của nó (nc -vz) và chứng chỉ của nó (openssl s_client)
advice-resolve = Từ máy chủ proxy: phân giải tên upstream (getent ahosts, và dig tại máy chủ tên mà proxy hỏi), và xem máy chủ tên đó có trả lời không
advice-define-resolver = Thêm chỉ thị resolver cho nginx: thiếu nó, nginx không hỏi máy chủ tên nào về tên nằm trong biến (proxy_pass dùng biến)
advice-handshake = Từ máy chủ proxy: thử bắt tay với upstream (openssl s_client -connect { $place-known ->
    [no] HOST:PORT
   *[yes] { $place }
} -servername NAME cho thấy giao thức, chứng chỉ và cảnh báo), xem nó có nói HTTP thường không (curl -v http://{ $place-known ->
    [no] HOST:PORT
   *[yes] { $place }
}/), rồi so với proxy_pass, proxy_ssl_protocols và proxy_ssl_server_name
advice-route = Từ máy chủ proxy: tìm đường tới upstream (ip route get, ping) và thử cổng của nó (nc -vz); xem máy chủ hoặc container của nó có chạy và có đúng địa chỉ mà proxy hỏi không
advice-watch-certificates = Cảnh báo trước khi chứng chỉ của upstream hết hạn, và thử bắt tay sau mỗi lần cập nhật một trong hai bên
advice-resolver = Cấu hình resolver cho nginx với valid= ngắn, hoặc reload khi địa chỉ thay đổi
advice-raise-limit-above = Nâng giới hạn bộ nhớ của { failing } lên trên { $limit }{ $alone ->
    [store] {" "}hoặc giới hạn thứ nó giữ trong bộ nhớ (maxmemory, shared_buffers, work_mem, kết nối): nạn nhân đã giữ { $held }
    [yes] : riêng một nạn nhân đã giữ { $held }, nên chạy ít worker hơn cũng không giúp được
   *[no] {" "}hoặc chạy ít worker hơn: riêng một nạn nhân đã giữ { $held }
}
advice-raise-limit = Nâng giới hạn bộ nhớ của { failing } hoặc chạy ít worker hơn
advice-oom-policy = Đặt OOMPolicy=continue trong { $unit } nếu phần còn lại có thể chạy tiếp: kernel đã kill một tiến trình, và systemd dừng cả unit vì việc đó (OOMPolicy=stop, mặc định)
advice-what-route-allocates = Tìm hiểu { $route } cấp phát những gì: ít nhất một nửa yêu cầu lỗi thuộc route này
advice-recycle-workers = Cảnh báo khi memory.current gần memory.max; nếu bộ nhớ tăng dần qua nhiều yêu cầu, tái tạo tiến trình trước khi chạm giới hạn (max_requests, ngưỡng bộ nhớ), còn nếu một yêu cầu làm đầy nó, hãy giới hạn yêu cầu đó
advice-free-memory = Kiểm tra { $services ->
    [0] mọi thứ bị kill
   *[other] { failing }
} đã chạy lại, và tìm xem cái gì đã làm đầy bộ nhớ{ $told ->
    [no] {""}
   *[yes] : { $holders }
}
advice-own-limit = Đặt cho { $hog-known ->
    [no] các tiến trình giữ phần lớn bộ nhớ
   *[yes] { $hog }
} một giới hạn riêng (MemoryMax=, --memory) hoặc chạy ít tiến trình hơn, để chính nó bị kill chứ không phải các tiến trình bên cạnh
advice-protect = Cảnh báo theo bộ nhớ còn trống; bảo vệ { failing } bằng MemoryMin= hoặc OOMScoreAdjust=
advice-compare-listeners = So proxy_pass và upstream của nginx -T với những gì đang lắng nghe (ss -ltnp, ss -lxp), rồi reload nginx khi chúng khớp
advice-socket-permission = Cho người dùng của proxy mở socket: xem chủ sở hữu, quyền và các thư mục bên trên (ls -l, namei -l{ $place-known ->
    [no] {""}
   *[yes] {" "}{ $place }
}), đặt listen.owner, listen.group và listen.mode của php-fpm hoặc quyền của socket trong máy chủ ứng dụng, và với SELinux thì tìm dòng từ chối (ausearch -m avc -ts today)
advice-port-permission = Cho proxy kết nối{ $place-known ->
    [no] {""}
   *[yes] {" "}tới { $place }
}: với SELinux, dòng từ chối nằm trong nhật ký audit (ausearch -m avc -ts today), và setsebool -P httpd_can_network_connect 1 cho phép; nếu không, tìm luật tường lửa của chính máy chủ
advice-header-buffer = Tăng proxy_buffer_size và proxy_buffers (fastcgi_buffer_size, uwsgi_buffer_size) lên trên header của các câu trả lời bị lỗi, hoặc làm header nhỏ lại: hỏi upstream tuyến bị lỗi (curl -s -o /dev/null -D -) và xem dòng nào dài, thường là Set-Cookie
advice-small-header = Đừng để trong header những gì lớn dần: phiên nằm trong kho thay vì trong cookie, ít dòng Set-Cookie và ngắn
advice-add-resolver = Cho nginx một resolver trong khối server hoặc http đó (các máy chủ tên trong /etc/resolv.conf), hoặc đặt tên upstream trong một khối upstream, vốn được phân giải lúc khởi động
advice-url-variable = Tìm biến trong proxy_pass của location bị lỗi và cho nó giá trị ở mọi yêu cầu: giao thức, máy chủ và cổng
advice-ask-upstream = Hỏi chính upstream một tuyến bị lỗi (curl -vi http://{ $place-known ->
    [no] HOST:PORT
   *[yes] { $place }
}/), rồi sửa điều mà dòng được trích nêu: giao thức khác với proxy_pass, hoặc header không hợp lệ hay bị lặp
advice-tls-scheme = Hỏi upstream theo cả hai cách từ máy chủ proxy (curl -v http://{ $place-known ->
    [no] HOST:PORT
   *[yes] { $place }
}/, openssl s_client -connect { $place-known ->
    [no] HOST:PORT
   *[yes] { $place }
}), rồi cho proxy_pass lược đồ mà nó trả lời
advice-socket-made = Xem ứng dụng có chạy không và có những socket nào (ss -lxp), rồi cho proxy và ứng dụng cùng một đường dẫn; socket trong /tmp của unit có PrivateTmp=, hoặc trong thư mục mà không gì tạo ra khi khởi động (RuntimeDirectory=), thì proxy không thấy
advice-test-configuration = Khi triển khai, thử cấu hình với ứng dụng đang chạy (nginx -t không kết nối)
advice-throttle = Xem giới hạn đã từ chối ai (địa chỉ client trong các dòng được dẫn): nâng rate hoặc burst nếu đó là người dùng, còn không thì giữ nguyên
advice-proxy-limit = Nâng giới hạn của proxy mà dòng log nêu (worker_rlimit_nofile, LimitNOFILE, worker_connections, cổng nhờ keepalive tới upstream) rồi nạp lại
advice-open-files = Nâng LimitNOFILE cho { failing } và khởi động lại, rồi tìm xem nó giữ mở những gì (lsof -p)
advice-store-clients = Giới hạn các pool kết nối dưới mức đã chạm và đóng kết nối rảnh; thêm worker chỉ mở thêm kết nối
advice-pool = Tìm thứ giữ lâu các kết nối của { failing }: truy vấn chậm, giao dịch để mở (pg_stat_activity: state, query_start), kết nối không bao giờ được trả lại; chỉ nâng pool sau đó, và dưới mức cơ sở dữ liệu cho phép
advice-system-limit = Nâng giới hạn mà dòng log nêu (sysctl, TasksMax, pids.max), và tìm xem ai dùng hết nó
advice-watch-limit = Đếm thứ đã cạn theo từng tiến trình mỗi phút, cho đến khi rõ cái gì làm nó tăng
advice-shed-load = Giảm hoặc phân tán tải, hoặc thêm worker cho { failing }
advice-raise-met-limit = Nâng giới hạn đã chạm (listen backlog và net.core.somaxconn, worker_connections, LimitNOFILE, max_children) sau khi xem mỗi đơn vị thêm tốn bao nhiêu bộ nhớ
advice-limit-rate = Giới hạn tốc độ yêu cầu ở proxy, và cảnh báo theo độ dài hàng đợi và số descriptor đang mở
advice-raise-heap = Nâng { $runtime ->
    [node] giới hạn heap của Node (--max-old-space-size)
    [jvm] heap của JVM (-Xmx, -XX:MaxRAMPercentage)
    [php] memory_limit của PHP
    [manager] giới hạn bộ nhớ của trình quản lý tiến trình (max_memory_restart)
   *[other] giới hạn của runtime (--max-old-space-size, -Xmx, memory_limit, max_memory_restart)
} cho { failing }, nếu máy chủ còn bộ nhớ
advice-what-fills-heap = Tìm yêu cầu làm đầy heap: xử lý các tệp tải lên và xuất dữ liệu lớn theo luồng thay vì giữ toàn bộ
advice-alert-heap = Cảnh báo theo mức dùng heap, và giới hạn kích thước thân yêu cầu ở proxy (client_max_body_size)
advice-dump-workers = Nếu vẫn còn treo, dump các worker của { failing } (py-spy dump, jstack, gdb) và danh sách chờ khóa của cơ sở dữ liệu
advice-log-durations = Ghi log thời lượng của từng lời gọi ra ngoài, và các truy vấn chậm trong cơ sở dữ liệu
advice-outgoing-timeouts = Đặt timeout cho lời gọi ra ngoài thấp hơn read timeout của proxy
advice-what-workers-wait-for = Tìm xem worker của { failing } chờ gì: dump một worker đang treo (py-spy dump --pid, gdb) hoặc xem route chậm
advice-call-timeouts = Đặt timeout cho mọi lời gọi ra ngoài, ngắn hơn timeout của máy chủ ứng dụng
advice-slow-routes-apart = Để các route chậm trên worker riêng
advice-suspect = Xem { $route } trước tiên, yêu cầu đang chạy ở { suspect-moments }: { $remedy ->
    [body] ghi thân của nó ra đĩa hoặc object storage ngay khi nhận thay vì giữ trong bộ nhớ, và giới hạn kích thước ở proxy
    [wait] xem một yêu cầu như vậy chờ cái gì, rồi giới hạn thời gian chờ (timeout cho lời gọi ra ngoài, giới hạn khối lượng việc)
   *[bound] xem một yêu cầu như vậy khiến ứng dụng giữ những gì, rồi giới hạn lại (phân trang, xử lý theo luồng, giới hạn kích thước)
}

## Làm sao biết là đã có tác dụng

verify-no-end = không còn lần kết thúc nào trong log của nó
verify-recycle = không còn lần kết thúc nào quá tuổi đó; bộ nhớ thường trú theo thời gian vẫn dưới giới hạn
verify-restart-counter = bộ đếm khởi động lại đứng yên
verify-same-input = thử với cùng dữ liệu cho 4xx hoặc 5xx và không khởi động lại
verify-no-fault-line = không còn dòng lỗi như vậy trong log kernel
verify-backtrace = backtrace nêu tên một hàm
verify-input-is-test = dữ liệu gây sập đã thành bài kiểm thử
verify-no-lock-wait = không câu lệnh nào chờ trong pg_stat_activity
verify-query = một truy vấn từ máy của ứng dụng thành công
verify-lock-in-test = giữ khóa trong lúc thử cho lỗi nhanh và không có 504
verify-store-restart = ứng dụng sống sót khi kho dữ liệu khởi động lại trong lúc thử
verify-migration-fails = migration gặp khóa thì tự lỗi thay vì làm lỗi bên đọc
verify-listening-answers = log của nó cho thấy đang lắng nghe, và câu trả lời thành công
verify-restart-under-load = khởi động lại dưới tải không gây 502
verify-df = df cho thấy còn chỗ, và ghi thành công
verify-growth = đã biết mỗi ngày nó tăng bao nhiêu
verify-alert = cảnh báo kêu khi thử
verify-check-under-load = health check thành công dưới tải
verify-slow-minute = một phút chậm không gây khởi động lại
verify-none-missing = không thiếu dịch vụ nào
verify-reason = có lý do
verify-reboot = khởi động lại máy khi thử không gây 502
verify-listening = log của nó cho thấy đang lắng nghe
verify-name = có một cái tên
verify-ausearch = ausearch -sc kill cho thấy tín hiệu thử
verify-pressure-falls = áp lực giảm về không
verify-major-faults = số major fault mỗi giây vẫn thấp dưới tải
verify-each-step = từng bước đều thành công
verify-address-change = đổi địa chỉ không gây 502
verify-memory-events = memory.events của cgroup: oom_kill không tăng
verify-oom-policy = systemctl show -p OOMPolicy { $unit }
verify-no-kill = không còn OOM kill trong log kernel
verify-worker-memory = bộ nhớ thường trú của worker trước và sau một yêu cầu như vậy
verify-alert-before-kill = cảnh báo kêu khi thử, trước khi kernel kill
verify-free = free -m; systemctl --failed
verify-memory-max = systemctl show -p MemoryMax; docker inspect
verify-through-proxy = một yêu cầu qua proxy thành công
verify-wrong-port = cổng sai làm hỏng bước triển khai
verify-header-size = header của câu trả lời lớn nhất nhỏ hơn bộ đệm
verify-failing-deploy = lần triển khai mà proxy không tới được ứng dụng thì thất bại
verify-no-such-line = không còn dòng như vậy, và câu trả lời thành công
verify-load-test = thử tải ở mức cao điểm không có lỗi
verify-no-limit-line = không còn dòng chạm giới hạn trong log của nó
verify-flat-heap = mức dùng heap không tăng trong một yêu cầu như vậy
verify-alert-before-limit = cảnh báo kêu khi thử, trước khi chạm giới hạn
verify-dump = bản dump nêu rõ đang chờ gì
verify-slow-reason = lần chậm tiếp theo có lý do trong log
verify-own-error = dịch vụ phụ thuộc chậm cho lỗi riêng trước khi có 504
verify-no-timeout-line = không còn dòng timeout trong log của nó
verify-hanging-partner = đối tác bị treo chỉ gây một câu trả lời chậm và không worker nào chết
verify-other-routes = các route khác vẫn trả lời khi một route treo
verify-suspect = bộ nhớ thường trú của worker trước, trong và sau một yêu cầu như vậy

## Đáng ngờ nhưng không phải nguyên nhân

ruled-out-kill = { $whose ->
    [cgroup] nạn nhân { $victim } thuộc cgroup { $cgroup } chứ không thuộc { failing }
    [process] nạn nhân { $victim } thuộc tiến trình khác chứ không thuộc { failing }
    [own] nạn nhân { $victim } là của { failing }, nhưng cái chết của nó giải thích được ít lỗi
   *[unknown] không có gì nối nạn nhân { $victim } với { failing }
}; nó xảy ra { $when ->
    [before] { $apart } trước lỗi đầu tiên
    [after] { $apart } sau lỗi cuối cùng
   *[amid] lúc { $time }, { $apart } sau lỗi đầu tiên
}
ruled-out-kills = { $whose ->
    [cgroup] { $kills } nạn nhân { $victim } thuộc cgroup { $cgroup } chứ không thuộc { failing }
    [process] { $kills } nạn nhân { $victim } thuộc tiến trình khác chứ không thuộc { failing }
    [own] { $kills } nạn nhân { $victim } là của { failing }, nhưng cái chết của chúng giải thích được ít lỗi
   *[unknown] không có gì nối { $kills } nạn nhân { $victim } với { failing }
}; chúng xảy ra { $when ->
    [before] { interval } trước lỗi đầu tiên
    [after] { interval } sau lỗi cuối cùng
   *[amid] { interval } sau lỗi đầu tiên
}
ruled-out-words = { $lower }gunicorn in "Perhaps out of memory?" với mọi SIGKILL, kể cả SIGKILL của chính nó sau timeout; câu đó không phải bằng chứng

## Chuỗi từ nguyên nhân đến người dùng

answers-of = { $answers } câu trả lời { $status }
chain-users-met = client nhận { $answers }{ $own-told ->
    [no] {""}
   *[yes] ; cùng lúc đó chính ứng dụng trả về { $own }
}
chain-proxy-met = proxy nhận { $answers }; không có access log nên không biết người dùng gặp những cái nào{ $own-told ->
    [no] {""}
   *[yes] ; cùng lúc đó chính ứng dụng trả về { $own }
}
chain-oom-kill = kernel đã kill { $victim } (pid { $pid }), vì { $limited ->
    [known] cgroup của nó chạm giới hạn { $limit }
    [unknown] cgroup của nó chạm giới hạn bộ nhớ
    [sysrq] có người yêu cầu (SysRq f)
   *[host] máy chủ hết bộ nhớ
}{ $times ->
    [1] {""}
   *[other] ; đây là lần đầu trong { $times } lần
}
chain-worker-signaled = máy chủ ứng dụng thấy worker { $worker } kết thúc bởi tín hiệu { $signal }
chain-worker-timeout = worker { $worker } không trả lời kịp và bị bỏ
chain-upstream-refused = kết nối của proxy tới upstream bị từ chối
chain-upstream-reset = upstream reset kết nối của proxy
chain-upstream-closed = upstream đóng kết nối trước khi trả lời
chain-upstream-timeout = upstream không trả lời proxy kịp
chain-upstream-backlog-full = hàng đợi kết nối của upstream bị đầy
chain-upstream-socket-missing = socket của upstream không tồn tại
chain-upstream-truncated = một câu trả lời bị đứt khi đang gửi
chain-app-stopping = máy chủ ứng dụng được lệnh dừng
chain-app-listening = máy chủ ứng dụng lắng nghe trở lại
chain-heap-limit = runtime chạm giới hạn heap và bỏ cuộc{ $times ->
    [1] {""}
   *[other] , lần đầu trong { $times } lần
}
chain-failed-before = { $count ->
   *[other] { $failed } yêu cầu đã lỗi từ trước, kể từ { $time }, { $apart } trước bước tiếp theo
}{ $why ->
    [stall] : gần giới hạn bộ nhớ, máy chủ hoặc cgroup bị nghẽn trước khi kernel kill
   *[none] {""}
}
chain-back = { failing } { $what ->
    [ready] lại nhận client
   *[listening] lại lắng nghe
} lúc { $time }
chain-down = sau { $time } không còn thấy gì của { failing }: không log nào cho thấy việc khởi động
chain-unit-oom-stopped = { $lower }systemd đã dừng phần còn lại của { $unit } vì việc đó, theo OOMPolicy=stop
chain-disk-full = một lần ghi thất bại: hết chỗ
chain-segfault = kernel thấy { $process } truy cập bộ nhớ không phải của nó
chain-container-died = container { $container } kết thúc với mã { $code }
chain-container-killed = container { $container } nhận tín hiệu { $signal }
chain-container-oom = container runtime thấy sự kiện OOM trong { $container }
chain-store-lock-wait = một câu lệnh chờ khóa trong cơ sở dữ liệu
chain-lock-held = một câu lệnh chờ khóa trong cơ sở dữ liệu, do tiến trình { $holder } của nó giữ
chain-lock-released = câu lệnh của tiến trình { $holder } kết thúc lúc { $time }, sau { $length }
chain-dependency-lost = ứng dụng mất kết nối hoặc không tới được { $known ->
    [no] một dịch vụ phụ thuộc
   *[yes] { $store }
}
chain-other = { $kind ->
    [container-started] container đã khởi động
    [container-stopped] container đã dừng
    [container-stop-forced] container bị buộc dừng
    [container-unhealthy] container không qua health check
    [container-destroyed] container đã bị xóa
    [container-created] container đã được tạo
    [container-state] trạng thái container
    [app-started] máy chủ ứng dụng đã khởi động
    [app-boot-failed] ứng dụng không khởi động được
    [unit-started] unit systemd đã khởi động
    [unit-failed] unit systemd bị lỗi
    [worker-booted] worker đã khởi động
    [kernel-boot] máy chủ khởi động
    [host-shutdown] máy chủ tắt
    [host-suspend] máy chủ ngủ
    [uncaught-exception] ngoại lệ không được bắt
    [proxy-lifecycle] proxy khởi động, dừng hoặc reload
    [dependency-exhausted] dịch vụ phụ thuộc không còn kết nối nào cho ứng dụng
    [dependency-timeout] ứng dụng chờ dịch vụ phụ thuộc quá lâu
    [dependency-unresolved] ứng dụng không phân giải được tên của dịch vụ phụ thuộc
    [store-crashed] cơ sở dữ liệu hoặc cache bị sập
    [store-disk-full] cơ sở dữ liệu hoặc cache hết chỗ trên đĩa
    [store-out-of-memory] cơ sở dữ liệu hoặc cache hết bộ nhớ
    [store-refusing] cơ sở dữ liệu hoặc cache từ chối client
    [store-stopping] cơ sở dữ liệu hoặc cache được lệnh dừng
    [store-too-many-clients] cơ sở dữ liệu từ chối client vì đã có quá nhiều
    [proxy-limit] proxy chạm giới hạn của chính nó
    [proxy-disk-full] proxy hết chỗ trên đĩa
    [proxy-configuration] cấu hình của proxy không phù hợp
    [oom-invoked] kernel tìm một tiến trình để giết vì thiếu bộ nhớ
    [hung-task] kernel thấy một tác vụ bị treo
    [page-allocation-failure] kernel không lấy được một trang bộ nhớ
    [disk-error] đĩa hoặc hệ thống tệp của nó gặp lỗi
    [conntrack-full] bảng theo dõi kết nối của kernel đã đầy
    [kernel-limit] chạm một giới hạn của kernel
    [upstream-unreachable] proxy không tìm được đường tới upstream
    [upstream-forbidden] proxy không được phép kết nối tới upstream
    [upstream-none-live] proxy coi mọi upstream của nó là hỏng
    [upstream-bad-answer] proxy từ chối câu trả lời của upstream
    [upstream-unresolved] proxy không phân giải được tên upstream
    [upstream-tls] TLS giữa proxy và upstream thất bại
    [check-failed] phép kiểm tra của proxy coi một máy chủ là hỏng
    [check-passed] phép kiểm tra của proxy thấy một máy chủ đã ổn lại
    [proxy-worker-died] một worker của proxy chết vì tín hiệu
    [proxy-throttled] proxy từ chối yêu cầu theo luật của chính nó
    [upload-buffered] proxy ghi một thân yêu cầu lớn ra đĩa
    [app-stopped] máy chủ ứng dụng đã dừng theo lệnh
    [app-reloaded] máy chủ ứng dụng đã reload theo lệnh
    [worker-exited] một worker kết thúc
    [master-gone] một worker thấy master của nó không còn
    [workers-exhausted] mọi worker đều bận, hoặc đã chạm giới hạn số worker
    [listen-queue-full] hàng đợi lắng nghe của máy chủ ứng dụng đã đầy
    [memory-limit] một yêu cầu chạm giới hạn bộ nhớ của runtime
    [watcher-alarm] bộ giám sát thấy có lỗi và cho khởi động lại
    [manager-memory-limit] trình quản lý tiến trình kết thúc một tiến trình vì bộ nhớ của nó
    [request-error] ứng dụng hỏng ở một yêu cầu vì lỗi của chính nó
    [error-named] vết lỗi của app nêu tên lỗi
    [program-started] trình quản lý tiến trình khởi động chương trình
    [program-stopped] trình quản lý tiến trình dừng chương trình theo lệnh
    [program-gave-up] trình quản lý tiến trình thôi khởi động chương trình
    [open-files-exhausted] ứng dụng hết file descriptor
    [store-started] cơ sở dữ liệu hoặc cache đã khởi động
    [store-ready] cơ sở dữ liệu hoặc cache lại nhận client
    [store-slow] một câu lệnh của cơ sở dữ liệu chậm hoặc quá hạn
    [unit-starting] systemd bắt đầu khởi động một unit
    [unit-stopped] systemd đã dừng một unit
    [unit-reloaded] systemd đã reload một unit
    [unit-oom-killed] systemd thấy OOM killer giết một tiến trình của một unit
    [unit-restart-scheduled] systemd định khởi động lại một unit
    [unit-signal-sent] người vận hành gửi tín hiệu tới một unit
    [unit-stop-timeout] một unit không dừng kịp, và systemd giết nó
    [unit-watchdog] một unit không trả lời watchdog của systemd
    [core-dumped] một core dump được ghi
    [userspace-oom-kill] một trình giết ở không gian người dùng giết một tiến trình vì bộ nhớ
    [userspace-kill-failed] một trình giết ở không gian người dùng không kết thúc được tiến trình
    [clock-step] đồng hồ được chỉnh
    [operator-command] người vận hành chạy một lệnh
    [deploy] có cài gói hoặc triển khai
    [log-loss] trình ghi log làm mất dòng
   *[other] sự kiện "{ $words }"
}
chain-kernel-limit = đã chạm một giới hạn của kernel: { $limit }
chain-pool-used-up = pool kết nối của chính ứng dụng không kịp có kết nối rảnh
chain-operator-command = { $user-known ->
    [no] người vận hành
   *[yes] { $user }
} chạy "{ $command }"
chain-cron-command = cron chạy một tác vụ{ $user-known ->
    [no] {""}
   *[yes] {" "}của { $user }
}: "{ $command }"
chain-program-exited = trình quản lý tiến trình thấy { $program } kết thúc{ $told ->
    [signal] {" "}bởi tín hiệu { $signal }
    [code] {" "}với mã thoát { $code }
   *[nothing] {""}
}
chain-unit-stopping = { $lower }systemd được lệnh dừng { $unit }
chain-unit-process-exited = { $lower }systemd thấy tiến trình chính của { $unit } kết thúc ({ $code }, { $status })

## Đã tìm những gì

claim-no-kill-around = không có OOM kill của dịch vụ bị lỗi, hay của thứ nó cần, quanh { $incident }
claim-no-kill = không có OOM kill trong khoảng thời gian này
claim-no-burst = không có đợt lỗi dồn dập
claim-ends-explained = mọi lần tiến trình kết thúc đều được giải thích
kernel-covers = { $path } bao phủ sự cố
kernel-ring-covers = { $path } giữ những gì kernel ghi từ { $time } đến lúc ring buffer được đọc
kernel-no-kill = { $path } có thông điệp kernel và không có OOM kill
kernel-none = không log nào trong gói chứa thông điệp của kernel
kernel-kills = { $kills } trong log kernel
access-no-burst = { $failed ->
    [0] { $path } không có câu trả lời lỗi nào
   *[other] { $path } có { $failed } câu trả lời lỗi, không cái nào thuộc một đợt dồn dập
}
proxy-unserved = { $path }:{ $line } (tổng cộng { $count } dòng như vậy) cho biết proxy không phục vụ được kết nối hoặc không gửi hết câu trả lời: những yêu cầu đó không có trong access log, hoặc không được ghi là lỗi
access-none = gói không có access log
log-not-whole = { $path } bị cắt hoặc hỏng, phần đã mất có thể nói về điều đó
archive-not-whole = kho lưu trữ chứa { $path } bị hỏng, phần đã mất có thể nói về điều đó
bursts-unjudged = chỉ xét { $bursts } đợt có nhiều câu trả lời lỗi nhất; các đợt khác được tính là lỗi lẻ tẻ
ends-unexplained = { $ends } lần kết thúc không có lý do trong log
kernel-zone-assumed = múi giờ của { $path } chỉ là giả định; hãy dùng --tz FILE=ZONE
kill-told = { $path }:{ $line } ghi một lần như vậy
kill-of-a-store = { $path }:{ $line } ghi một cơ sở dữ liệu hoặc bộ nhớ đệm bị kết thúc, và không dòng nào nói thành phần lỗi có cần nó hay không
kernel-after-boot = { $path } bắt đầu bằng một lần boot sau khi sự cố khởi phát: những gì kernel ghi trước đó đã mất
kernel-at-boot = { $path } được ghi lúc boot và không chứa gì xảy ra sau đó
kernel-of-another = { $path } có thể là của máy chủ khác, không phải máy chủ của ứng dụng
kernel-overwritten = { $path } bắt đầu quá muộn: ring buffer đã bị ghi đè hoặc xóa
kernel-untied = { $path } không có dòng nào nối đồng hồ của nó với các log khác
kernel-elsewhere = { $path } không bao phủ sự cố
kernel-unplaced = không thể đặt { $path } vào trục thời gian

## Cái gì sẽ cho biết thêm

missing-kernel-log = log kernel trong thời gian sự cố ({ $why })
missing-kernel-zone = múi giờ của { $path }: log kernel trong sự cố có trong gói, nhưng múi giờ của nó chỉ là giả định
missing-platform = những gì nền tảng cho biết về các instance: sự kiện, mã thoát và bộ nhớ
missing-docker-events = sự kiện docker (docker events)
missing-app-log = log của máy chủ ứng dụng phía sau { $place-known ->
    [no] upstream bị lỗi
   *[yes] { $place }
}
missing-app-times = các dòng của { $path }, vốn không mang thời gian, được ghi lúc nào{ $told ->
    [no] {""}
   *[yes] {"; "}trong các dòng hiểu được, { $count } dòng giống dòng { $line } ({ $what })
}
missing-error-log = error log của proxy
missing-handshake = upstream trả lời gì ở cổng của nó, bằng TLS và không TLS
missing-listeners = cấu hình của proxy, và những gì đang lắng nghe
missing-dependency-log = ứng dụng đã chờ gì: log cơ sở dữ liệu và các dịch vụ phụ thuộc khác
missing-sender = ai đã gửi tín hiệu: log audit, log sudo, lịch sử shell
missing-own-error = lỗi do chính ứng dụng ghi cho một yêu cầu thất bại (log của nó lúc đó, hoặc hệ thống theo dõi lỗi)
missing-own-trace = những gì đứng dưới dòng { $line } của { $path }: trace của một lỗi mà ứng dụng đã dùng để trả lời
missing-stacks = stack của các worker đang chờ, cùng log truy vấn chậm và log khóa của những gì chúng gọi

## Khoảng lặng, nhịp điệu và các yêu cầu đang chạy

gap-clock-set = đồng hồ bị chỉnh trong lúc đó, nên khoảng này có thể ngắn hơn vẻ ngoài
gap-host-down = máy chủ tắt hoặc khởi động trong lúc đó
gap-host-slept = máy chủ ngủ trong lúc đó
gap-host-paused = máy chủ bị tạm dừng trong lúc đó
gap-proxy-killed = kernel đã kill proxy
gap-proxy-stopped = proxy bị dừng hoặc khởi động trong lúc đó
gap-disk-full = đĩa bị đầy, nên có thể mất dòng log
gap-at-end = access log kết thúc còn các log khác tiếp tục { $length }: proxy ngừng ghi log, người dùng không vào nữa, hoặc log của nó được chép sớm hơn
gap-between-files = { $one } kết thúc và { $other } bắt đầu ở đây: có thể gói thiếu một tệp ở giữa
gap-host-lived = các log khác có sự kiện trong lúc đó, nên máy chủ vẫn sống; không gì cho biết yêu cầu đi đâu
gap-nothing-told = không log nào khác có sự kiện trong lúc đó
keeps-ending = { $process ->
    [no] {""}
   *[yes] một tiến trình của{" "}
}{ $subject } { $end ->
    [oom_kill] bị kill vì bộ nhớ
    [worker_timeout] mất worker không trả lời kịp
    [runtime_heap_limit] chạm giới hạn bộ nhớ của chính nó
    [health_check] bị dừng do health check
    [crash] bị sập
   *[unknown] kết thúc mà log không cho biết lý do
} { $times } lần{ merged-ends }, { $pace ->
    [uneven] cách nhau { interval }, không đều
    [even] cứ { interval } một lần
   *[median] cứ { interval } một lần (một nửa trên { $median })
}{ $aged ->
    [no] {""}
   *[yes] , mỗi lần { ages } sau khi khởi động
}{ $sized ->
    [no] {""}
   *[yes] ; các nạn nhân giữ { $size } (trung vị)
}{ $forecast ->
    [no] {""}
   *[yes] ; nếu không thay đổi gì, lần tới vào khoảng { $next } (xê dịch { $within })
}.
merged-ends = { $merged ->
    [no] {""}
   *[yes] {" "}({ $ends } lần chết, những lần liền nhau tính là một)
}
interval = { $range ->
    [no] { $least }
   *[yes] { $least } đến { $most }
}
ages = { $age-range ->
    [no] { $age-least }
   *[yes] { $age-least } đến { $age-most }
}
suspect-moments = { $how ->
    [one] thời điểm có một tiến trình chết
    [both] cả hai thời điểm có tiến trình chết
    [all] cả { $deaths } thời điểm có tiến trình chết
   *[some] { $at-deaths } trên { $deaths } thời điểm có tiến trình chết
}{ $merged ->
    [no] {""}
   *[yes] {" "}({ $ends } lần chết, gộp theo từng khoảng 5 s)
}
suspect-request = đang chạy ở { suspect-moments }{ $longest ->
    [none] {""}
    [one] , là yêu cầu lỗi chạy lâu nhất
    [all] , lần nào cũng là yêu cầu lỗi chạy lâu nhất
   *[some] , trong đó { $longest-at } lần là yêu cầu lỗi chạy lâu nhất
}{ $timed ->
    [no] {""}
   *[yes] {" "}(đến { $length })
}{ $sized ->
    [no] {""}
   *[yes] , client gửi đến { $size }
}{ $uploads ->
    [0] {""}
   *[other] ; ngay trước đó proxy đã ghi { $uploads } thân yêu cầu của nó ra đĩa
}; nó chiếm { $share } tổng số yêu cầu, nên xác suất trùng hợp ngẫu nhiên là { $chance-told ->
    [no] dưới 0.000001
   *[yes] { $chance }
}

## Biết đồng hồ của log nhờ đâu

clock-offset = độ lệch múi giờ có trong từng dòng
clock-offset-by-dmesg = độ lệch múi giờ có trong từng dòng, do dmesg tính
clock-no-times = không có thời gian trong đó
clock-untied = không gì trong gói nối đồng hồ của nó với UTC
clock-moved = { $evidence }; { $told }, nên nó được dời
clock-in-doubt = { $evidence }; đáng ngờ: { $doubt }
clock-both = các bản ghi có cả đồng hồ kernel lẫn giờ thực
clock-both-parting = các bản ghi có cả đồng hồ kernel lẫn giờ thực; hai bên dần lệch nhau { $apart } (máy chủ ngủ, hoặc đồng hồ bị chỉnh)
clock-shared-lines = { $count } dòng kernel chung với { $path }
clock-dump-corrected = { $evidence }; chỉnh theo { $lines } dòng kernel chung với { $path }, lệch { $least } đến { $most } s
clock-shared-pids = { $count } pid bị kill mà { $path } ghi lại lúc kết thúc
clock-kill-pattern = { $count } trên { $all } OOM kill rơi vào các giây có lỗi chỉ ở một độ dời
clock-apart = { $count } điểm chung với { $path } cho thấy nó { $side ->
    [behind] chậm { $apart }
   *[ahead] nhanh { $apart }
}
clock-contradicted = { $one } và { $other } ghi { $count } điểm chung cách nhau { $apart }, và không gì cho biết đồng hồ của bên nào sai
clock-summer-ends = { $evidence }; giờ mùa hè kết thúc trong đó
clock-own-votes = { $count } dòng đứng cạnh các dòng cùng tệp có ghi độ lệch múi giờ
clock-shared = { $what ->
    [requests] { $count } yêu cầu chung với { $path }
    [ends] { $count } lần tiến trình kết thúc chung với { $path }
    [starts] { $count } lần tiến trình khởi động chung với { $path }
   *[kernel] { $count } dòng kernel chung với { $path }
}
clock-shared-things = { $count } điểm chung với { $path }
clock-two-offsets = { $count } điểm chung với các log khác, ở hai độ lệch như khi { $zone } đổi giờ mùa hè
clock-coincidence = { $count } trên { $all } lần tiến trình kết thúc trùng với lỗi ở nơi khác
clock-by-ridge = { $kills } OOM kill của nó chỉ khớp với các lỗi ở một khoảng thời gian
clock-by-audit = theo thời gian của các bản ghi audit trong đó
clock-neighbour-and-hours = không có sự kiện chung; { $file } của cùng máy chủ ở múi giờ đó, và số giờ mà nó bao phủ khớp
clock-neighbour = không có sự kiện chung; lấy múi giờ của { $file }; nếu sai hãy dùng --tz FILE=ZONE
clock-hours = không có sự kiện chung, và không log nào khác của máy chủ cho biết múi giờ: lấy múi giờ khớp nhất với các giờ của gói; nếu sai hãy dùng --tz FILE=ZONE

## Câu trả lời mở đầu mỗi dạng

answer-what = { $total ->
    [unknown] { $failed }
   *[known] { $failed } trên { $requests }
} { $counted ->
    [error-log] lỗi trong error log của proxy, vì không có access log
   *[access-log] yêu cầu bị lỗi
} ({ $statuses }), { $span }, { $duration }{ $worst-told ->
    [no] {""}
   *[yes] , phút tệ nhất { $worst }
}{ $censored ->
    [none] {""}
    [left] , đã lỗi từ khi log bắt đầu
    [right] , vẫn còn lỗi khi log kết thúc
   *[both] , đã lỗi từ khi log bắt đầu, vẫn còn lỗi khi log kết thúc
}
no-summary = Gói log không cho biết nguyên nhân.
verdict-word = { $verdict ->
    [confirmed] đã xác nhận
    [probable] có khả năng cao
    [suspected] nghi ngờ
    [undetermined] chưa phân định
   *[unknown] không rõ
}
verdict-sure = { $verdict ->
    [unknown] {""}
    [suspected] {""}
    [undetermined] , { $other-known ->
        [no] { $one }
       *[yes] { $one } hoặc { $other }
    }
   *[other] , { $probability }
}
answer-verdict = { verdict-word }{ verdict-sure }
verdict = Kết luận: { $verdict }
why-and-verdict = { $summary } Kết luận: { $verdict }.
answer-collect = Thu thập { $data }{ $told ->
    [no] {""}
   *[yes] ; nó phân biệt { $causes }
}:
answer-nothing-to-do = Log không đòi hỏi làm gì ngay; hãy giữ lại gói này.
check = Kiểm tra: { $verify }
no-moment = không rõ giờ
no-time = không thời điểm nào đọc được
no-incident-blind = Không thể nói về sự cố: gói không có access log nên không đếm được yêu cầu lỗi. Log bao phủ { $window }.
no-incident = { $silent ->
    [no] Không có sự cố
   *[yes] Không có đợt lỗi dồn dập, nhưng không có lưu lượng { $gap } ở nơi lẽ ra có khoảng { $expected } yêu cầu ({ $why })
}: { $requests } yêu cầu, { $some-failed ->
    [no] không cái nào lỗi
   *[yes] ít cái lỗi, không cái nào thuộc một đợt dồn dập ({ $statuses })
}.{ $hidden ->
    [0] {""}
   *[other] {" "}Lần thử lại trên upstream khác đã che { $hidden-shown } lỗi.
}{ $kills ->
    [0] {""}
   *[other] {" "}OOM killer đã kill { $kills } tiến trình, và không có đợt lỗi dồn dập nào theo sau.
} Log bao phủ { $window }.{ $lost ->
    [no] {""}
   *[yes] {" "}Một phần dữ liệu vào bị mất (xem chất lượng dữ liệu), và sự cố có thể nằm trong đó.
}
more-in-json = Còn { $more } mục trong JSON
redact-off = Bí mật không được che (--redact off).
redact-ids = Địa chỉ, máy chủ và người dùng là bí danh (--redact ids).
yes = có
no = không
none = không có
cannot-tell = không thể biết
times = { $times } lần
kill-words = { $killer } đã kill { $victim }{ $pid-known ->
    [no] {""}
   *[yes] {" "}(pid { $pid })
}{ $size-known ->
    [no] {""}
   *[yes] , { $size }
}{ $cgroup-known ->
    [no] {""}
   *[yes] , trong { $cgroup }
}{ $limit-known ->
    [no] {""}
   *[yes] , giới hạn { $limit }
}
kills-words = { $killer } đã kill { $victim } { $times } lần{ $size-known ->
    [no] {""}
   *[yes] , { $size }
}{ $cgroup-known ->
    [no] {""}
   *[yes] , trong { $cgroup }
}{ $limit-known ->
    [no] {""}
   *[yes] , giới hạn { $limit }
}
death-words = { $process }{ $pid-known ->
    [no] {""}
   *[yes] {" "}(pid { $pid })
}: { $signal-known ->
    [no] {""}
   *[yes] tín hiệu { $signal },{" "}
}{ $code-known ->
    [no] {""}
   *[yes] mã thoát { $code },{" "}
}{ $why }
signal = tín hiệu { $signal }
exit-code = mã thoát { $code }

## Tiêu đề và đầu cột

heading-incident = { $id }: lỗi { $class ->
    [server] của ứng dụng
   *[gateway] cổng (gateway)
}, { $span }
heading-incidents = Các sự cố, nặng nhất trước
heading-impact = Ảnh hưởng
heading-timeline = Dòng thời gian ({ $known ->
    [no] không rõ ngày
   *[yes] { $day }
})
heading-chain = Chuỗi nguyên nhân
heading-belief = Vì sao chúng tôi tin như vậy
heading-likeliest = Nguyên nhân khả dĩ nhất dựa vào đâu
heading-suspects = Yêu cầu đáng ngờ
heading-doubt = Điều trái ngược hoặc đã loại trừ
heading-unseen = Những gì không thấy được, và cần thu thập gì
heading-other-causes = Các nguyên nhân khác đã xét
heading-actions = Việc cần làm
heading-traffic = Lưu lượng
heading-kills = Các lần OOM kill
heading-deaths = Các lần chết
heading-recurrences = Những gì cứ lặp lại
heading-gaps = Không có lưu lượng ở nơi lẽ ra phải có
heading-negatives = Những gì không tìm thấy
heading-looked-for = Đã tìm những gì
heading-clocks = Đồng hồ
heading-sources = Nguồn
heading-sources-clocks = Nguồn và đồng hồ
heading-quality = Chất lượng dữ liệu
heading-evidence = Bằng chứng
title-incident = Báo cáo sự cố: { $verdict ->
    [unknown] không rõ nguyên nhân
    [undetermined] { $other-known ->
        [no] { $one }
       *[yes] hoặc { $one }, hoặc { $other }
    } ({ verdict-word })
   *[other] { $one } ({ verdict-word })
}, { $failed } yêu cầu lỗi, { $span }
title-no-incident = Báo cáo sự cố: không tìm thấy sự cố{ $kills ->
    [0] {""}
   *[other] , nhưng có { $kills } OOM kill
}
table-incidents = Các sự cố
table-timeline = Dòng thời gian
col-against = Chống
col-cause = Nguyên nhân
col-cgroup = cgroup
col-claim = Khẳng định
col-clock = Đồng hồ
col-command = Lệnh
col-data = Dữ liệu
col-death = Lần chết
col-deaths = Các lần chết
col-duration = Kéo dài
col-ended-by = Kết thúc bởi
col-event = Sự kiện
col-evidence = Bằng chứng
col-expected = Số yêu cầu lẽ ra có
col-failed = Số lỗi
col-figure = Số liệu
col-first = Lần đầu
col-for = Ủng hộ
col-format = Định dạng
col-format-role = Định dạng, vai trò
col-from = Từ
col-holds = Đúng không?
col-host = Máy chủ
col-incident = Sự cố
col-invoker = Bên xin bộ nhớ
col-kill = OOM kill
col-killer = Bên kill, phạm vi
col-kind = Loại
col-known-from = Biết nhờ
col-largest = Lớn nhất
col-last = Lần cuối
col-limit = Giới hạn
col-line = Dòng
col-offset = Giờ địa phương trừ UTC
col-others-say = Các log khác cho biết
col-path = Đường dẫn
col-place = Vị trí
col-probability = Xác suất
col-process = Tiến trình
col-records = Bản ghi
col-role = Vai trò
col-rss = RSS
col-sigma = ±
col-source = Nguồn
col-start = Bắt đầu (UTC)
col-tells-apart = Phân biệt
col-time = Thời gian (UTC)
col-times = Số lần
col-to = Đến
col-unit = Unit, container
col-unparsed = Không hiểu
col-value = Giá trị
col-verdict = Kết luận
col-victim = Nạn nhân
col-what = Gì
col-when = Khi nào
col-why = Vì sao

## Dạng văn bản

label-what = GÌ
label-why = VÌ SAO
label-do = LÀM
text-picture = Lỗi mỗi { $step }, nhiều nhất { $peak }{ $marks ->
    [none] {""}
    [kills] ; K là OOM kill
    [deaths] ; x là lần chết
   *[both] ; K là OOM kill, x là lần chết
}
text-chain = Chuỗi nguyên nhân
text-against = Trái ngược / đã loại trừ
text-against-line = { $id } trái ngược: { $line }
text-ruled-out = { $id } { $why }{ $chance-told ->
    [no] {""}
   *[yes] {" "}(gần như vậy do ngẫu nhiên: { $chance })
}
text-unseen = Không thấy được
text-others = Các sự cố khác
text-col-id = id
text-col-start = bắt đầu (UTC)
text-col-duration = kéo dài
text-col-failures = số lỗi
text-col-cause = nguyên nhân, kết luận
text-cause-and-verdict = { $verdict ->
    [unknown] không rõ: gói log không cho biết
   *[other] { $cause }, { verdict-word }
}
text-still-failing = Vẫn còn lỗi khi log kết thúc: { $incidents }
text-checked = Đã kiểm tra
text-holds = đúng
text-not-so = SAI
text-cannot-tell = không thể biết
text-kills-outside = OOM kill không gắn với sự cố nào
text-deaths-outside = Các lần chết khác, không gắn với sự cố nào
text-recurrences = Cứ lặp lại
text-gap = { $span }, lẽ ra có khoảng { $expected } yêu cầu: { $why }

## Markdown, và phần dùng chung với HTML

lead-impact = Ảnh hưởng:
lead-cause = Nguyên nhân:
lead-when = Khi nào:
lead-ongoing = Vẫn tiếp diễn:
lead-next = Tiếp theo:
lead-isolated = Lỗi lẻ tẻ, không thành đợt:
lead-window = Log bao phủ:
lead-checked = Đã kiểm tra những gì:
impact = { $total ->
    [unknown] { $failed }
   *[known] { $failed } trên { $requests }
} { $counted ->
    [error-log] lỗi trong error log của proxy, vì không có access log
   *[access-log] yêu cầu bị lỗi
} ({ $statuses }){ $worst-told ->
    [no] {""}
   *[yes] , phút tệ nhất { $worst }
}
cause-and-verdict = { $summary } (**{ verdict-word }**{ verdict-sure })
when = { $span }, { $duration }{ $censored ->
    [left] ; đã lỗi từ khi log bắt đầu
    [both] ; đã lỗi từ khi log bắt đầu
   *[other] {""}
}
ongoing = { $ongoing ->
    [yes] có, vẫn còn lỗi khi log kết thúc
    [others] không, nhưng { $incidents } vẫn còn lỗi khi log kết thúc
   *[no] không, sau đó log không còn lỗi như vậy
}
next-collect = thu thập { $data }: { $command }
next-nothing = log không đòi hỏi làm gì ngay; hãy giữ lại gói này
no-impact = không có trong { $requests } yêu cầu
unknown-impact = không rõ: không có access log nên không đếm được yêu cầu lỗi
unknown-window = không rõ, không log nào có thời gian
see-negatives = xem *Những gì không tìm thấy*
gravest = { $id } (nặng nhất)
verdict-and-probability = { verdict-word }{ $verdict ->
    [unknown] {""}
    [suspected] {""}
   *[other] , { $probability }
}
figure-requests = Số yêu cầu trong thời gian đó
figure-failed = Số lỗi
figure-by-status = Theo mã trạng thái
figure-probes = Lượt health check trong số lỗi
figure-worst-minute = Phút tệ nhất
figure-baseline = Tỷ lệ khi bình thường
figure-duration = Kéo dài
figure-host = Máy chủ của nguyên nhân
figure-ongoing = Vẫn tiếp diễn
figure-already-failing = Đã lỗi từ khi log bắt đầu
figure-still-failing = Vẫn còn lỗi khi log kết thúc
figure-hidden = Được lần thử lại che, không tính ở trên
figure-route = Route { $route }
figure-other-routes = Các route khác
figure-upstream = Upstream { $upstream }
figure-upstream-of = Upstream { $upstream }, { $service }
not-known = không rõ vì không có access log
worst-minute = { $share }{ $minute-known ->
    [no] {""}
   *[yes] {" "}({ $minute })
} yêu cầu bị lỗi
duration-since = { $duration }{ $failing ->
    [no] {""}
   *[yes] ; đã lỗi từ khi log bắt đầu
}
failed-of = { $failed } lỗi; { $requests } yêu cầu trong khoảng thời gian quanh đó
more-of-kind = thêm loại { $kind }:
actions-as-for = Giống như của { $incident }.
failed-count = { $failed } lỗi
picture-legend = Lỗi mỗi { $step }, nhiều nhất { $peak }{ $marks ->
    [none] {""}
    [kills] ; K là OOM kill
    [deaths] ; x là lần chết
   *[both] ; K là OOM kill, x là lần chết
}:
event-times = { $event }{ $times ->
    [0] {""}
    [1] {""}
   *[other] {" "}({ $times } lần trong giây đó)
}
suspect-was = { $route } { $told }
against = Trái ngược: { $line }
ruled-out = Loại trừ: { $id } { $why }{ $chance-told ->
    [no] {""}
   *[yes] {" "}(gần như vậy do ngẫu nhiên: { $chance })
}
nothing-against = Không có gì trong gói.
not-observable = Không quan sát được: { $what }
when-now = Ngay bây giờ
when-this-week = Tuần này
when-prevent = Để phòng ngừa
task-verify = { $task }; kiểm tra: { $verify }
traffic-requests = Số yêu cầu trong log gần người dùng nhất
traffic-probes = Lượt health check, tính riêng
traffic-sampled = Yêu cầu thành công, không cạnh lỗi nào, được đọc để tính theo route
traffic-hidden = Lỗi được lần thử lại trên upstream khác che
traffic-isolated = Lỗi lẻ tẻ ngoài các sự cố
users-met-nothing = người dùng không gặp gì
tied-to-none = không
about = khoảng { $count }
bundle = Gói { $bundle }: { $size }, { members }
members = { $members } tệp
written-by = Do { $tool } { $version } viết; cần có người đọc lại trước khi chuyển đi.
markdown-redact-off = **Bí mật không được che** (`--redact off`).
markdown-redact-ids = Địa chỉ, máy chủ và người dùng là bí danh (`--redact ids`).
estimated = { $what ->
    [routes] số yêu cầu theo route của { $incident } là ước lượng
    [requests] số yêu cầu của { $incident } là ước lượng
    [traffic] tổng lưu lượng là ước lượng
    [probes] số lần thăm dò health check là ước lượng
    [deaths] không liệt kê hết các lần chết
   *[other] một số liệu là ước lượng, hoặc bị cắt theo giới hạn
} ({ $pointer } trong JSON)
left-out = Bỏ bớt vì hết chỗ, có trong JSON: { $sections }.
names-and-more = { $names }; và { $more } mục nữa
show = Hiện
picture-alt = Dòng thời gian của yêu cầu, lỗi, OOM kill và các lần khởi động lại
chart-title = Thời gian theo UTC
chart-failures = Lỗi
chart-cause = Nguyên nhân
chart-kill = OOM kill { $victim }

## Mẫu post-mortem

sre-status = Trạng thái: bản nháp từ log; con người bổ sung và rà soát.
sre-prompt = *Phần do người viết.*
sre-root-cause = Nguyên nhân gốc và tác nhân kích hoạt
sre-detection = Phát hiện
sre-how-noticed = Phát hiện bằng cách nào, bởi ai, bao lâu sau lỗi đầu tiên?
sre-resolution = Khắc phục
sre-what-ended-it = Điều gì đã chấm dứt sự cố, và ai đã làm?
sre-action-items = Hạng mục hành động
sre-col-item = Hạng mục
sre-col-type = Loại
sre-col-owner = Người phụ trách
sre-col-due = Hạn
sre-lessons = Bài học rút ra
sre-went-well = Điều gì đã tốt
sre-went-wrong = Điều gì chưa tốt
sre-got-lucky = Chỗ chúng ta gặp may

## HTML

skip-to-evidence = Tới phần bằng chứng
html-what = Gì
html-why = Vì sao
html-do = Làm gì
html-gravest = (nặng nhất)
html-against = Trái ngược:
html-ruled-out = Loại trừ:
html-chance = (gần như vậy do ngẫu nhiên: { $chance })
html-suspect-was = { $told }
tells-apart = (phân biệt { $causes })
timeline-table = Dòng thời gian dạng bảng, { $lines } dòng
picture-scrolls = Hình dòng thời gian, cuộn ngang trên màn hình hẹp
picture-help = Trỏ chuột, chạm hoặc dùng Tab tới một dấu để đọc dòng log của nó; phím mũi tên đi từ dấu này sang dấu khác, Enter dẫn tới bằng chứng.
times-in-utc = Thời gian theo UTC.
secrets-masked = Bí mật được che bằng ***.
no-line-cited = Không dòng nào được trích dẫn.
with-neighbours = Cùng các dòng lân cận trong
told-by = Được ghi bởi:

## Hình dòng thời gian

picture-title = Dòng thời gian của { $incident } { $span }
picture-title-quiet = Dòng thời gian của log: không có sự cố
picture-about = Phía trên là yêu cầu và câu trả lời lỗi theo thời gian; phía dưới, mỗi tiến trình, container hoặc máy chủ một làn với OOM kill, lần chết, lần dừng và khởi động. Các dữ kiện đó cũng có trong bảng của báo cáo.
mark-kill = OOM kill
mark-death = lần chết
mark-stop = dừng
mark-start = khởi động
mark-line = dòng log
legend-unrelated = vô can
legend-clock = đồng hồ ±1σ
legend-chain = chuỗi
mark-ruled-out = đã loại trừ
mark-unfelt = người dùng không gặp gì
mark-first-of = dấu đầu trong { $marks } dấu cùng chỗ
mark-and-more = và { $more } nữa
lane-ends = OOM kill và lần chết
panel-closely = { $incident } phóng to, { $times }{ $left-out ->
    [0] {""}
   *[other] ; bỏ bớt { $left-out } làn
}
panel-all = Toàn bộ log, { $times }
bars-requests = yêu cầu mỗi { $step }
bars-failures = lỗi mỗi { $step }
at-most = nhiều nhất { $peak }
burst-about = { $incident }: { $failures } lỗi, { $span }, { text-cause-and-verdict }
unseen-about = access log không tới chỗ này
unseen-short = không có access log
gap-about = không có lưu lượng { $span }: { $why }
gap-short = không có lưu lượng
memory-of-victims = bộ nhớ của nạn nhân
memory-scale = thang đến { $size }
memory-dash = gạch: giới hạn
memory-limit = giới hạn { $size }

## Đặt hai báo cáo cạnh nhau (coroner diff)

diff-word = { $held ->
    [yes] Bản sửa có hiệu quả.
    [no] Bản sửa không có hiệu quả.
    [partly] Bản sửa có hiệu quả một phần.
   *[unknown] Không thể nói bản sửa có hiệu quả hay không.
}
diff-trouble = { $known ->
    [no] { $cause }
   *[yes] { $cause } của { $name }
}
diff-failures = { $failures } yêu cầu lỗi
diff-nothing-before = Trước đó không có sự cố nào, { $incidents ->
    [0] và sau đó cũng không có
   *[other] nhưng sau đó có { $incidents } sự cố
}.
diff-came-again = { $trouble } lại xảy ra: { diff-failures }, trước đó là { $before }. Vẫn là nguyên nhân cũ.
diff-open-before = Trước đó đã chưa rõ nguyên nhân, nên không ai nói được nó đã hết hay chưa.
diff-open-after = Sau đó yêu cầu vẫn bị lỗi ({ $incident }) vì một nguyên nhân chưa rõ: có thể vẫn là nguyên nhân cũ.
diff-still-killed = Yêu cầu không còn lỗi vì { $trouble }, nhưng tiến trình vẫn bị kill vì bộ nhớ: { $kills } lần.
diff-no-requests = Log phía sau không có yêu cầu nào, nên không có gì để bị lỗi.
diff-too-short = { $trouble } không lặp lại, nhưng log phía sau chỉ bao phủ { $seen } có yêu cầu, còn trước đó phải mất { $needed } mới xảy ra: quá ngắn để kết luận.
diff-held = { $trouble } không lặp lại trong { $seen } có yêu cầu.
diff-held-but = { $trouble } không lặp lại, nhưng người dùng gặp một sự cố khác: { $cause } ({ verdict-word }), { diff-failures }.
diff-before = trước
diff-after = sau
diff-before-covers = trước: { $covers }
diff-after-covers = sau: { $covers }
diff-covers = { $name }, từ { $start } đến { $end }, { $requests } yêu cầu
diff-incident = { $id } { $start }: { $cause } ({ verdict-word }), { diff-failures }
diff-again = Lặp lại { $cause }: trước là { $before }, sau là { $after }
diff-the-same = Không đổi: { $names }
diff-only-before = Chỉ có trước
diff-only-after = Chỉ có sau
diff-col-before = Trước
diff-col-after = Sau
diff-what-verdict = kết luận
diff-what-first = lỗi đầu tiên
diff-what-duration = kéo dài
diff-what-failed = yêu cầu lỗi
diff-what-statuses = mã trạng thái
diff-what-worst = phút tệ nhất
diff-what-routes = các route
diff-what-upstreams = các upstream
diff-what-kills = lần OOM kill
diff-what-victim = nạn nhân
diff-what-memory = bộ nhớ nạn nhân
diff-what-limit = giới hạn bộ nhớ
diff-what-incidents = số sự cố
diff-what-requests = số yêu cầu
diff-what-oom-kills = lần OOM kill
diff-failed-of = { $failed } trên { $requests }
diff-victim-of = { $victim } của { $unit }

## Mỗi tệp được coi là gì (coroner inspect)

inspect-taken = { $format } ({ $role }), { $records } bản ghi, hiểu được { $understood } %{ $unparsed ->
    [0] {""}
   *[other] , không hiểu { $unparsed } dòng
}
inspect-because = vì: { $reason }
inspect-span = từ { $first } đến { $last }
inspect-clock = đồng hồ: { $basis } { $offset } s, ±{ $sigma } s: { $evidence }
inspect-unread = không hiểu, dòng { $line }: { $text }
inspect-problems = Bị bỏ qua hoặc hỏng:
taken-snapshot = nội dung có dạng kết quả in ra của chương trình đó
taken-dmesg = các dòng như dmesg in ra
taken-wrapped = các bản ghi ở dạng { $form }
taken-requests = { $requests } yêu cầu
taken-kernel = { $messages } thông điệp của kernel
taken-of-format = { $lines } dòng dạng { $format }
taken-of-more = phần còn lại thuộc { $formats } định dạng khác
taken-nothing = các dòng có thời gian mà không định dạng nào giải thích được
taken-nothing-untimed = các dòng không có thời gian mà không định dạng nào giải thích được

## Vì sao có thứ không đọc được

unread-empty = trống
unread-no-log = văn bản không phải log nào đã biết ({ $lines } dòng, bắt đầu bằng "{ $line }"), bỏ qua
unread-no-log-unquoted = văn bản không phải log nào đã biết ({ $lines } dòng), bỏ qua
unread-binary = dữ liệu nhị phân, bỏ qua
unread-elf = một chương trình ELF, bỏ qua
unread-jpeg = một ảnh JPEG, bỏ qua
unread-png = một ảnh PNG, bỏ qua
unread-pdf = một tài liệu PDF, bỏ qua
unread-binary-journal = một nhật ký nhị phân; hãy xuất nó bằng journalctl -o export; bỏ qua
unread-sqlite = một cơ sở dữ liệu SQLite, bỏ qua
unread-zip-inside = một kho zip; hãy giải nén trước; bỏ qua
unread-packet-capture = một bản ghi gói tin mạng, bỏ qua
unread-lines = không hiểu { $unparsed } trên { $lines } dòng; xem coroner inspect
unread-partial-line = dòng cuối không có kết thúc vì tệp bị cắt; dòng đó bị bỏ ra
unread-entries = { $entries } chỗ không có mục nguyên vẹn theo dạng này; nội dung ở đó không được đọc
unread-long-lines = { $lines } dòng dài hơn { $most } byte; phần còn lại của mỗi dòng không được đọc
unread-nul-bytes = bỏ qua { $bytes } byte NUL, như mất điện hoặc copytruncate để lại
unread-large-snapshot = ảnh chụp trạng thái lớn hơn { $most } byte, bỏ qua
unread-state-dump = giống bản kết xuất trạng thái không đọc được, bỏ qua
unread-events = { $events } sự kiện vượt giới hạn được đếm nhưng không được giữ lại
unread-logs = hơn { $most } nhật ký: { $logs } nhật ký cho biết ít nhất không được giữ lại, trong đó có { $first } (--max-logs)
unread-more = còn { $more } vấn đề cùng loại không được liệt kê

unread-not-opened = không mở được: { $reason }
unread-file = không đọc được tệp: { $reason }
unread-folder = không đọc được thư mục: { $reason }
unread-folder-rest = không đọc được phần còn lại của thư mục: { $reason }
unread-failed = đọc thất bại ở byte { $byte }: { $reason }
unread-shrank = tệp bị ngắn đi trong khi đọc: chỉ có { $came } trên { $bytes } byte
unread-stopped = { $reason }; phần còn lại sau byte { $byte } không được đọc
unread-time-over = đã hết { $seconds } giây để đọc (--max-seconds)
unread-too-many-files = hơn { $files } tệp; tệp này và mọi tệp sau nó không được đọc
unread-too-many-names = hơn { $names } tên trong một thư mục; { $dropped } tên cuối không được đọc
unread-symbolic-link = liên kết tượng trưng, không đi theo; đích của nó được đọc dưới tên riêng nếu có trong thư mục
unread-hard-link = liên kết cứng tới một tệp được đọc dưới tên khác
unread-special = không phải tệp hay thư mục (pipe, socket hoặc thiết bị)

unread-stream-ends = luồng { $format } kết thúc ở byte nén { $byte }
unread-corrupt = luồng { $format } bị hỏng ở byte nén { $byte }
unread-gzip-flags = phần đầu gzip ở byte { $byte } có cờ không rõ
unread-gzip-name = phần đầu gzip có tên không kết thúc
unread-rest-lost = { $what }; { $bytes } byte trước đó đã được giải nén, phần còn lại bị mất
unread-trailing = { $bytes } byte sau dữ liệu { $format } không phải { $format } và bị bỏ qua
unread-window = luồng { $format } cần { $need } MiB bộ nhớ để giải nén, mà chỉ còn { $left } MiB; hãy nén lại bằng xz -6 hoặc gzip, hoặc giải nén trước
unread-wrong-sum = tổng kiểm tra hoặc độ dài của { $part } sai: nội dung đến byte nén { $byte } có thể sai
unread-wrong-sums = tổng kiểm tra hoặc độ dài của { $part } và của { $more } phần khác sai: nội dung đến byte nén { $byte } có thể sai
unread-wrong-sum-of-member = tổng kiểm tra hoặc độ dài của { $part } sai: nội dung có thể sai
unread-both = { $one }; { $other }
unread-part-gzip-member = phần gzip { $number }
unread-part-xz-block = khối xz { $number }
unread-part-xz-index = chỉ mục của luồng xz { $number }
unread-part-zstd-frame = khung zstd { $number }
unread-part-bzip2-stream = luồng bzip2 { $number }
unread-part-bzip2-block = khối bzip2 { $number }
unread-part-zip-member = mục zip { $number }
unread-too-much = đã giải nén hơn { $bytes } byte; phần còn lại không được đọc
unread-bomb = giải nén lớn hơn { $ratio } lần kích thước, chỉ bom giải nén mới như vậy; phần sau { $bytes } byte không được đọc
unread-no-thread = không khởi động được luồng thực thi để giải nén: { $reason }; đã giải nén { $bytes } byte
unread-unpacking-stopped = việc giải nén dừng lại mà không có lý do
unread-packer = nén bằng { $packer }; hãy giải nén hoặc nén lại bằng gzip
unread-xz-filter = nén qua bộ lọc xz { $filter }, vốn dành cho chương trình; hãy giải nén trước
unread-zstd-dictionary = nén với một từ điển zstd không có ở đây; hãy giải nén trước, bằng zstd -D
unread-old-bzip2 = nén bằng bzip2 cũ hơn 0.9.5, theo cách nay đã bỏ; hãy giải nén trước

unread-archive-ends-in-header = kho lưu trữ kết thúc giữa phần đầu mục, ở byte { $byte }
unread-archive-ends-in-member = kho lưu trữ kết thúc giữa một mục, ở byte { $byte }
unread-archive-ends-in-content = kho lưu trữ kết thúc giữa nội dung một mục, ở byte { $byte }
unread-archive-ends-in-padding = kho lưu trữ kết thúc giữa phần đệm của một mục, ở byte { $byte }
unread-archive-without-end = kho lưu trữ không có dấu kết thúc ở byte { $byte }: nếu nó bị cắt đúng chỗ đó thì thiếu mục
unread-archive-without-directory = kho lưu trữ kết thúc ở byte { $byte } mà không có mục lục: có thể thiếu mục
unread-archive-ignored = { $bytes } byte sau cuối kho lưu trữ không phải { $format } và bị bỏ qua
unread-header-lost = không có phần đầu { $format } hợp lệ ở byte { $byte }: bỏ qua { $bytes } byte để tìm phần đầu tiếp theo
unread-directory-count = mục lục liệt kê { $listed } mục, mà tìm thấy { $members }
unread-directory-names = tên các mục không phải tên trong mục lục: một số tên có thể sai
unread-member-cut = chỉ có { $came } trên { $bytes } byte của nó trong kho lưu trữ
unread-member-cut-because = chỉ có { $came } trên { $bytes } byte của nó trong kho lưu trữ: { $reason }
unread-member-open = kho lưu trữ kết thúc sau { $came } byte của nó
unread-member-open-because = kho lưu trữ kết thúc sau { $came } byte của nó: { $reason }
unread-too-many-members = hơn { $members } mục; { $name } và mọi thứ sau nó không được đọc
unread-all-unpacked = đã giải nén { $bytes } byte; { $name } và mọi thứ sau nó không được đọc
unread-too-deep = kho lưu trữ nằm trong { $layers } kho khác; hãy giải nén các lớp ngoài
unread-name-cut = một tên dài { $bytes } byte bị cắt; tối đa là { $most }
unread-long-name = một tên dài { $bytes } byte bị bỏ qua; chỉ đọc tối đa { $most }
unread-long-pax = một phần đầu pax dài { $bytes } byte bị bỏ qua; chỉ đọc tối đa { $most }
unread-long-path = một đường dẫn dài { $bytes } byte bị bỏ qua; chỉ đọc tối đa { $most }
unread-bad-pax = một phần đầu pax sai dạng trước byte { $byte }; nó bị bỏ qua
unread-sparse = được lưu không kèm các lỗ hổng (mục thưa của GNU), không đọc được; hãy đóng gói lại mà không dùng --sparse
unread-symbolic-link-to = liên kết tượng trưng tới { $target }; đích của nó được đọc dưới tên riêng nếu có ở đây
unread-hard-link-to = liên kết cứng tới { $target }; đích của nó được đọc dưới tên riêng nếu có ở đây
unread-device = một tệp thiết bị
unread-named-pipe = một pipe có tên
unread-tar-type = không đọc được kiểu tar { $type }; hãy đóng gói như một tệp thường
unread-document = kho zip của một tài liệu hoặc chương trình, bỏ qua
unread-encrypted = đã mã hóa; hãy giải nén trước, bằng mật khẩu của nó
unread-patch = một bản vá cho tệp khác
unread-method = nén bằng { $packer }; hãy giải nén trước, hoặc nén bằng deflate
unread-method-unknown = nén theo cách không rõ; hãy giải nén trước, hoặc nén bằng deflate

unread-capsule-member = một tệp của capsule lớn hơn { $most } byte
unread-capsule-head = không đọc được dòng đầu của một tệp trong capsule
unread-capsule-record = không đọc được capsule.json: { $reason }
unread-capsule-version = capsule có định dạng { $version } mà coroner này đọc { $own }; hãy dùng bản mới hơn
unread-capsule-lost = các dòng của một capsule thiếu capsule.json, bỏ qua
unread-capsule-lines = { $missing } trên { $told } dòng gây ra sự kiện bị thiếu trong capsule hoặc đã bị sửa; điều chúng cho biết không được tính
unread-capsule-events = { $events } sự kiện của gói không có trong capsule
