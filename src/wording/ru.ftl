### Сообщения coroner по-русски. Правила — в en.ftl и src/wording/mod.rs.
### Имена сервисов не склоняются: перед ними стоит слово «сервис» в нужном падеже (сообщения failing-*).

## Небольшие части, которыми пользуются другие сообщения

name = { $name }
and = { $one } и { $other }
clauses = { $one }; { $other }
listed = { $one }, { $other }
failing = { $services ->
    [0] бэкенд
    [1] сервис { $service }
    [2] сервисы { $service } и { $last }
    [3] сервисы { $service }, { $others } и { $last }
   *[other] сервис { $service } и ещё { $more }
}
failing-gen = { $services ->
    [0] бэкенда
    [1] сервиса { $service }
    [2] сервисов { $service } и { $last }
    [3] сервисов { $service }, { $others } и { $last }
   *[other] сервиса { $service } и ещё { $more }
}
failing-dat = { $services ->
    [0] бэкенду
    [1] сервису { $service }
    [2] сервисам { $service } и { $last }
    [3] сервисам { $service }, { $others } и { $last }
   *[other] сервису { $service } и ещё { $more }
}
failing-ins = { $services ->
    [0] бэкендом
    [1] сервисом { $service }
    [2] сервисами { $service } и { $last }
    [3] сервисами { $service }, { $others } и { $last }
   *[other] сервисом { $service } и ещё { $more }
}
app-of-log = (лог { $file })
processes = { $processes ->
    [one] { $processes } процесс
    [few] { $processes } процесса
   *[many] { $processes } процессов
}
# «N процессов завершились»: сказуемое при processes.
processes-ended = { $processes ->
    [one] завершился
   *[many] завершились
}
times-many = { $times ->
    [one] { $times } раз
    [few] { $times } раза
   *[many] { $times } раз
}

## Названия причин

title-crash-exception = процесс завершился из-за собственной необработанной ошибки
title-crash-segv = процесс завершился по сигналу ошибки (SIGSEGV и подобные)
title-dependency-down = база данных, кэш или другая зависимость лежала или была заблокирована
title-deploy-restart = плановая остановка, перезапуск или деплой
title-disk-full = на диске кончилось место
title-health-check-kill = процесс остановлен по health check
title-host-restart = хост перезагрузился или был приостановлен
title-manual-sigkill = процесс убит человеком или инструментом
title-memory-pressure = памяти не хватало настолько, что всё замирало
title-network = сбой разрешения имён, TLS или сети
title-oom-kill-global = процесс убит, потому что на хосте кончилась память
title-oom-kill-memcg = процесс убит на лимите памяти своей cgroup
title-proxy-configuration = конфигурация прокси не подходит к апстриму
title-resource-exhaustion = достигнут лимит соединений, файлов, воркеров или очереди
title-runtime-heap-limit = процесс упёрся в лимит памяти рантайма или менеджера процессов
title-slow-upstream = апстрим отвечал слишком долго
title-worker-timeout = сервер приложений снял воркер, который не ответил вовремя

## Почему сломалось

best-guess = По бандлу нельзя сказать почему; лучшая догадка — { $guess } ({ $probability }), но оснований для неё слишком мало.
no-cause-told = По бандлу нельзя сказать почему.
two-sentences = { $one } { $two }
symptom-proxy = в логе прокси { $shown } раз: { $kind ->
    [upstream-refused] «connection refused»
    [upstream-reset] «connection reset»
    [upstream-closed] соединение закрыто до ответа
    [upstream-timeout] истекло время ожидания
    [upstream-socket-missing] сокета нет
    [upstream-backlog-full] очередь приёма полна
    [upstream-unreachable] нет маршрута
    [upstream-none-live] нет живых апстримов
   *[other] { $words }
}{ $place-known ->
    [no] {""}
   *[yes] {" на "}{ $place }
} (впервые { $path }:{ $line })
symptom-access = в логе доступа { $shown } раз { $status }{ $place-known ->
    [no] {""}
   *[yes] {" на "}{ $place }
}{ $timed ->
    [no] {""}
   *[yes] {", самый долгий через "}{ $longest }
}{ $kind ->
    [none] {""}
    [upstream-refused] : «connection refused»
    [upstream-reset] : «connection reset»
    [upstream-closed] : соединение закрыто до ответа
    [upstream-timeout] : истекло время ожидания
    [upstream-socket-missing] : сокета нет
    [upstream-backlog-full] : очередь приёма полна
    [upstream-unreachable] : нет маршрута
    [upstream-none-live] : нет живых апстримов
   *[other] : { $words }
} (впервые { $path }:{ $line })
either-or = Либо { $one }, либо { $other }; что именно, по бандлу не видно.

named-error = { $error-known ->
    [yes] , в трассировке: { $error }
   *[other] {""}
}
broken-answers = { failing } { $services ->
    [2] обрывали
    [3] обрывали
   *[other] обрывал
} соединение без ответа из-за собственной ошибки { times-many }{ named-error }
crash-at-start = { failing } { $services ->
    [2] не смогли запуститься
    [3] не смогли запуститься
   *[other] не смог запуститься
} { times-many }{ named-error }
crash-exit-status = { failing } { $services ->
    [2] завершались
    [3] завершались
   *[other] завершался
} { times-many } с кодом выхода { $code }, и ни одна понятая строка не говорит почему
crash-exception = { failing } { $services ->
    [2] завершались
    [3] завершались
   *[other] завершался
} из-за собственной необработанной ошибки { times-many }{ named-error }
crash-segv = { processes } { failing-gen } { processes-ended } по сигналу ошибки памяти или инструкции{ $place ->
    [unknown] {""}
   *[known] {" "}в { $library }
}
dependency-down = { $known ->
    [no] зависимость
   *[yes] { $name }
} { $state ->
    [locked] держала запросы в ожидании блокировки
    [locked-full] держала запросы в ожидании блокировки, пока не кончились соединения
    [unserving] не обслуживала запросы
   *[down] была недоступна или отказывала клиентам
}, и { $state ->
    [locked] из-за этого
    [locked-full] из-за этого
   *[other] без неё
} { failing } { $services ->
    [2] не работали
    [3] не работали
   *[other] не работал
}
deploy-reload = { failing } { $services ->
    [2] получили команду перечитать код или конфигурацию и отвечали ошибками, пока это не закончилось
    [3] получили команду перечитать код или конфигурацию и отвечали ошибками, пока это не закончилось
   *[other] получил команду перечитать код или конфигурацию и отвечал ошибками, пока это не закончилось
}
deploy-restart = { failing } { $services ->
    [2] получили команду остановиться и не отвечали до нового запуска
    [3] получили команду остановиться и не отвечали до нового запуска
   *[other] получил команду остановиться и не отвечал до нового запуска
}
deploy-stopped = { failing } { $services ->
    [2] получили команду остановиться
    [3] получили команду остановиться
   *[other] получил команду остановиться
}, и ни один лог не показывает нового запуска
deploy-undated = { failing }: один раз там никто не слушал, а в логе, где нет времени, есть одна остановка и один запуск
deploy-too-early = прокси переключили на { failing } раньше, чем там начали слушать
deploy-maintenance = прокси получил команду вывести { $place } из работы, а другого сервера у него не было
disk-full-proxy = на диске кончилось место, и из-за этого прокси отвечал ошибками
disk-full = на диске кончилось место, и из-за этого { failing } { $services ->
    [2] отвечали ошибками
    [3] отвечали ошибками
   *[other] отвечал ошибками
}
health-check-kill = { failing } { $services ->
    [2] не прошли health check и были остановлены
    [3] не прошли health check и были остановлены
   *[other] не прошёл health check и был остановлен
}
host-restart = хост перезагрузился или был приостановлен, а с ним и его сервисы
sigkill-ordered = { processes } { failing-gen } { processes-ended } по команде docker или systemd
sigkill-commanded = { processes } { failing-gen } { processes-ended } от команды, которая есть в логе
sigkill-cron = { processes } { failing-gen } { processes-ended } от задания cron пользователя { $user }, «{ $command }»
sigkill-sysrq = { processes } { failing-gen } { processes-ended } от ядра, потому что его об этом попросили (SysRq f); само оно из-за памяти не действовало
sigkill-unexplained = { processes } { failing-gen } { processes-ended } по SIGKILL, который ни один лог не объясняет
sigkill-by-somebody = процесс { failing-gen } завершился по SIGKILL, а лог ядра покрывает этот момент и не показывает для него OOM kill: сигнал послал кто-то или что-то другое
sigkill-perhaps-oom = { processes } { failing-gen } { processes-ended } по SIGKILL, который мог послать OOM killer
sigkill-either = { processes } { failing-gen } { processes-ended } по SIGKILL, и по бандлу не видно, послал его OOM killer или кто-то другой
memory-pressure = на хосте так не хватало памяти, что ответы приходили слишком поздно
network-unanswered = соединения с апстримом оставались без ответа: их отбрасывали между прокси и ним, или его хост был недоступен
network = { $step ->
    [name] прокси не смог узнать адрес апстрима по имени{ $place-known ->
        [no] {""}
       *[yes] {" "}{ $place }
    }
    [tls] соединение TLS между прокси и апстримом не удалось{ $place-known ->
        [no] {""}
       *[yes] {" "}({ $place })
    }
    [route] прокси не нашёл маршрута к апстриму{ $place-known ->
        [no] {""}
       *[yes] {" "}{ $place }
    }
   *[several] прокси не смог разрешить имя апстрима, достучаться до него по сети или проверить его сертификат
}
oom-kill = OOM killer ядра убил процесс { $victim }{ $owner-known ->
    [no] {""}
   *[yes] {" "}({ $owner })
}{ $times ->
    [1] {""}
   *[other] {" "}{ times-many }
}, потому что { $limited ->
    [known] его cgroup упёрлась в лимит { $limit }
    [unknown] его cgroup упёрлась в свой лимит памяти
   *[host] на хосте кончилась память
}{ $hog-told ->
    [no] {""}
   *[yes] ; больше всего памяти занято: { $hog }
}{ $dependency ->
    [no] {""}
   *[yes] , и без { $victim } { failing } { $services ->
        [2] не работали
        [3] не работали
       *[other] не работал
    }
}
oom-killed-as-told = процесс { failing-gen } убит OOM killer, как сообщает { $witness ->
    [runtime] среда запуска контейнеров
   *[systemd] systemd
}
oom-killed-as-inspected = { processes } { failing-gen } { processes-ended }{ $signal ->
    [kill] {" "}по SIGKILL
   *[unknown] {""}
}, и docker inspect показывает OOMKilled
oom-kill-userspace = { $killer-known ->
    [no] OOM killer из пространства пользователя
   *[yes] { $killer }
} убил { $victim-known ->
    [no] процесс
   *[yes] { $victim }
}, потому что на хосте не хватало памяти
proxy-tls-to-plain = прокси говорит по TLS с апстримом, который отвечает обычным HTTP{ $place-known ->
    [no] {""}
   *[yes] {" "}({ $place })
}
proxy-socket-forbidden = прокси не имеет права открыть сокет апстрима{ $place-known ->
    [no] {""}
   *[yes] {" "}{ $place }
}: отказано в доступе
proxy-port-forbidden = прокси не имеет права соединиться с апстримом{ $place-known ->
    [no] {""}
   *[yes] {" "}{ $place }
}: отказано в доступе
proxy-header-too-big = заголовок ответов апстрима больше буфера, который отводит для него прокси{ $place-known ->
    [no] {""}
   *[yes] {" "}({ $place })
}
proxy-no-resolver = прокси должен искать адрес { $name } при каждом запросе, а сервер имён для этого не задан (resolver)
proxy-no-url = то, куда прокси по настройке передаёт запросы, оказалось не URL («{ $name }»), и он никого не спросил
proxy-answer-refused = прокси отверг ответы апстрима{ $place-known ->
    [no] {""}
   *[yes] {" "}({ $place })
} как недопустимые{ $reason-known ->
    [no] {""}
   *[yes] : «{ $reason }»
}
socket-missing = { $place-known ->
    [no] сокета апстрима
   *[yes] сокета { $place }
}, где прокси ищет приложение, не существует{ $elsewhere ->
    [no] {""}
   *[yes] , а оно слушает { $listens }
}
nothing-listens = никто не слушает { $place-known ->
    [no] адрес апстрима
   *[yes] { $place }
}, где прокси ищет приложение{ $elsewhere ->
    [no] {""}
   *[yes] , а оно слушает { $listens }
}
request-errors = { failing } { $services ->
    [2] отвечали
    [3] отвечали
   *[other] отвечал
} собственной ошибкой { times-many }{ named-error }
resource-exhaustion = { $what ->
    [throttle] прокси отклонял запросы по заданному ему лимиту (limit_req, limit_conn)
    [backlog] очередь соединений (listen backlog) была заполнена
    [proxy] у прокси кончились соединения, порты или файловые дескрипторы
    [workers] все воркеры были заняты, и лимит их числа достигнут
    [queue] очередь на приём (listen queue) была заполнена
    [files] кончились файловые дескрипторы
    [conntrack] таблица отслеживания соединений была заполнена
    [clients] кончились соединения с зависимостью
   *[system] достигнут системный лимит
}{ $what ->
    [throttle] {""}
    [proxy] {""}
   *[other] {""}; затронут { failing }
}{ $surge ->
    [no] {""}
   *[yes] ; запросов приходило в { $rate } раза больше, чем до того
}
pool-used-up = { failing }: собственный пул соединений исчерпан, «{ $limit }»
runtime-heap-limit = { failing } { $services ->
    [2] упирались
    [3] упирались
   *[other] упирался
} { $runtime ->
    [node] в лимит heap Node.js
    [jvm] в лимит heap JVM
    [php] в memory_limit PHP
    [manager] в лимит памяти менеджера процессов
   *[other] в лимит памяти своего рантайма или менеджера процессов
} { times-many }
slow-upstream = { failing } { $services ->
    [2] отвечали
    [3] отвечали
   *[other] отвечал
} дольше, чем ждёт прокси{ $routes ->
    [many] {""}
   *[one] {" "}(всё на одном маршруте)
}{ $why ->
    [disk] , а диск или файловый сервер в это время не отвечал в срок
    [processors] , а процессоры хоста в это время были заняты намертво
    [workers] , а его сервер сообщал, что свободных воркеров не хватает
   *[untold] , и ни один лог в бандле не говорит почему
}
worker-timeout = сервер приложений ({ failing }) снял { $workers ->
    [one] { $workers } воркер, который не ответил вовремя
    [few] { $workers } воркера, которые не ответили вовремя
   *[many] { $workers } воркеров, которые не ответили вовремя
}

## Что могло бы рассказать, но отсутствует

unseen-app-log = лог приложения за это время
unseen-dependency-log = собственный лог зависимости
unseen-kernel-log = лог ядра
unseen-wait = чего ждали воркеры

## Что делать

advice-recycle = Перезапускайте { failing } раньше, чем возраст процесса достигнет { $age }: он завершался { times-many } через равные промежутки, самое раннее через { $age } { $since ->
    [start] после старта
   *[end] после предыдущего завершения
}; то, что заполняет память, вернётся, и больший объём лишь отодвинет следующий конец
advice-stop-growth = Снизьте нагрузку, которая заполняет память { failing-gen } (меньше запросов одновременно или ни одного с виновного маршрута): он завершался { times-many }, уже через { $age } { $since ->
    [start] после старта
   *[end] после предыдущего завершения
} — слишком быстро, чтобы помогли перезапуски
advice-recycle-workers-at = Перезапускайте воркеров { failing-gen } раньше, чем их возраст достигнет { $age } (max_requests, порог памяти): из-за памяти убито { $times }, самый молодой через { $age } после старта; то, что заполняет память, вернётся, и больший объём лишь отодвинет следующий конец
advice-read-last-lines = Прочитайте, что написал { failing } перед каждым завершением (journalctl -u, docker logs, логи менеджера процессов); откатитесь, если перед этим было развёртывание
advice-read-trace = Прочитайте трассировку в логе { failing-gen }; если перед этим был деплой, откатите его
advice-catch-error = Перехватывайте ошибку там, где она возникает: пусть падает один запрос, а не весь процесс
advice-start-now = Запустите { failing } сейчас: завершение в { $time }, и ни один лог не показывает запуска после него
advice-keep-crashers-away = Не пропускайте запросы, от которых падает { failing }, или откатите последнее обновление нативного кода{ $place ->
    [unknown] {""}
   *[known] {" "}в { $library }
}
advice-core-dump = Снимите core dump (coredumpctl, ulimit -c) и передайте его backtrace авторам библиотеки
advice-sanitizer = Тестируйте нативные расширения на враждебных данных под санитайзером
advice-lock-holder = { $told ->
    [no] Найдите, кто держит блокировку (pg_stat_activity, pg_blocking_pids), и завершите его сеанс, если она ещё удерживается
   *[yes] Блокировку держал процесс базы данных { $holder }: выясните, что он выполняет (pg_stat_activity where pid = { $holder }), и завершите его (pg_terminate_backend), если она ещё удерживается
}
advice-lock-released = Запрос процесса { $holder }, длившийся { $length }, завершился в { $time }: выясните, кто его запустил (он в указанной строке), и убедитесь, что ждавшие соединения снова свободны (pg_stat_activity)
advice-dependency-runs = Убедитесь, что зависимость работает и отвечает, а её клиенты переподключились
advice-statement-timeout = Задайте запросам { failing-gen } к базе таймаут короче, чем у прокси (statement_timeout, lock_timeout), чтобы ожидание блокировки завершало один запрос и освобождало воркер
advice-retry-dependency = Задайте { failing-dat } таймауты и повтор при обращении к зависимости, чтобы одно потерянное соединение не завершало процесс
advice-lock-timeout = Запускайте миграции с lock_timeout, а хранилища перезапускайте в объявленные окна
advice-planned = Ничего, если перезапуск был плановым: сервис снова работает
advice-restart-without-gap = Перезапускайте { failing } без разрыва: держите слушающий сокет открытым (socket activation в systemd, reload) или сначала поднимайте новый экземпляр
advice-maintenance = Ничего, если так и было задумано; иначе найдите, кто дал команду: сокет управления, веб-страница прокси или скрипт выкладки
advice-switch-when-ready = Переключайте прокси на { failing } только после успешной проверки готовности, а старый экземпляр останавливайте после этого
advice-free-space = Освободите место на заполненном диске (df -h, df -i, du -x --max-depth=2), затем перезапустите то, что не поднялось само
advice-what-filled-it = Найдите, чем он заполнен: загрузки, логи без ротации, временные файлы
advice-alert-space = Настройте алерт на 80 % места и inode, и пусть приложение отвечает 507, а не падает
advice-why-no-answer = Выясните, почему { failing } не отвечал на проверку
advice-patient-check = Сделайте проверку терпеливой и дешёвой: свой маршрут, больше попыток, start period
advice-all-back = Убедитесь, что все сервисы поднялись (systemctl --failed, docker ps)
advice-why-restarted = Выясните причину перезагрузки: last -x, события провайдера, строки panic предыдущей загрузки (journalctl -b -1 -e)
advice-proxy-after-app = Запускайте прокси после приложения (After=) или пусть он отвечает 503 с Retry-After, пока приложение не поднялось
advice-runs-again = Убедитесь, что { failing } снова { $services ->
    [2] работают
    [3] работают
   *[other] работает
}
advice-who-sent = Узнайте, кто или что послало SIGKILL: история команд, логи sudo и audit, cron, мониторинг с перезапуском
advice-find-sender = Найдите, кто или что посылает SIGKILL (история оболочки, логи sudo и аудита, задания cron, мониторинг с перезапуском): { failing }, убийств { $times }, и одного запуска хватит лишь до следующего
advice-cron-job = Уберите или исправьте задание cron пользователя { $user } (crontab -l, /etc/cron.d): оно выполняет «{ $command }»{ $times ->
    [1] {", в "}{ $first }
   *[other] {", "}раз: { $times }, с { $first } по { $last }, и выполнит снова
}
advice-record-signals = Записывайте сигналы: auditctl -a always,exit -F arch=b64 -S kill -F a1=9
advice-look-at-pressure = Посмотрите /proc/pressure/memory и самые крупные процессы (ps --sort=-rss) и остановите лишнее
advice-working-set = Дайте хосту или контейнеру память под его рабочий набор, включая page cache
advice-alert-psi = Настройте алерт на нехватку памяти (PSI), а не только на её использование
advice-network-steps = С хоста прокси: разрешите имя апстрима, проверьте его порт (nc -vz) и сертификат (openssl s_client)
advice-resolve = С хоста прокси: разрешите имя апстрима (getent ahosts, и dig у того сервера имён, который спрашивает прокси) и проверьте, что этот сервер отвечает
advice-define-resolver = Дайте nginx директиву resolver: без неё он не спрашивает ни один сервер имён об имени из переменной (proxy_pass с переменной)
advice-handshake = С хоста прокси: проверьте рукопожатие с апстримом (openssl s_client -connect { $place-known ->
    [no] HOST:PORT
   *[yes] { $place }
} -servername NAME показывает протокол, сертификат и alert), посмотрите, не отвечает ли он обычным HTTP (curl -v http://{ $place-known ->
    [no] HOST:PORT
   *[yes] { $place }
}/), и сравните с proxy_pass, proxy_ssl_protocols и proxy_ssl_server_name
advice-route = С хоста прокси: найдите путь к апстриму (ip route get, ping) и проверьте его порт (nc -vz); убедитесь, что его хост или контейнер работает и имеет тот адрес, который спрашивает прокси
advice-watch-certificates = Оповещайте до окончания срока сертификатов апстримов и проверяйте рукопожатие после каждого обновления любой из сторон
advice-resolver = Задайте nginx resolver с коротким valid= или перечитывайте конфигурацию при смене адресов
advice-raise-limit-above = Поднимите лимит памяти { failing-gen } выше { $limit }{ $alone ->
    [store] {" "}или ограничьте то, что он держит в памяти (maxmemory, shared_buffers, work_mem, соединения): жертва держала { $held }
    [yes] : один убитый процесс держал { $held }, и меньшее число воркеров не поможет
   *[no] {" "}или запускайте меньше воркеров: один убитый процесс держал { $held }
}
advice-raise-limit = Поднимите лимит памяти { failing-gen } или запускайте меньше воркеров
advice-oom-policy = Задайте OOMPolicy=continue в { $unit }, если остальные процессы могут работать дальше: ядро убило один процесс, а systemd остановил из-за него весь юнит (OOMPolicy=stop, по умолчанию)
advice-what-route-allocates = Выясните, что выделяет { $route }: не меньше половины неудачных запросов — этого маршрута
advice-recycle-workers = Настройте алерт, когда memory.current близко к memory.max; если память растёт за много запросов, перезапускайте процесс до достижения лимита (max_requests, порог по памяти), а если её занимает один запрос — ограничьте этот запрос
advice-free-memory = Убедитесь, что { $services ->
    [0] всё убитое снова работает
    [2] { failing } снова работают
    [3] { failing } снова работают
   *[other] { failing } снова работает
}, и выясните, что заняло память{ $told ->
    [no] {""}
   *[yes] : { $holders }
}
advice-own-limit = Задайте для { $hog-known ->
    [no] процессов, которые держат большую её часть,
   *[yes] { $hog }
} собственный лимит (MemoryMax=, --memory) или запускайте меньше процессов, чтобы убивали его, а не соседей
advice-protect = Настройте алерт на доступную память; защитите { failing } через MemoryMin= или OOMScoreAdjust=
advice-compare-listeners = Сравните proxy_pass и upstream из nginx -T с тем, что слушает (ss -ltnp, ss -lxp), и перечитайте конфигурацию nginx, когда они совпадут
advice-socket-permission = Дайте пользователю прокси открыть сокет: посмотрите владельца, права и каталоги над ним (ls -l, namei -l{ $place-known ->
    [no] {""}
   *[yes] {" "}{ $place }
}), задайте listen.owner, listen.group и listen.mode в php-fpm или права сокета в сервере приложений, а под SELinux найдите отказ (ausearch -m avc -ts today)
advice-port-permission = Разрешите прокси соединяться{ $place-known ->
    [no] {""}
   *[yes] {" "}с { $place }
}: под SELinux отказ записан в журнале аудита (ausearch -m avc -ts today), и его снимает setsebool -P httpd_can_network_connect 1; иначе ищите правило файрвола самого хоста
advice-header-buffer = Увеличьте proxy_buffer_size и proxy_buffers (fastcgi_buffer_size, uwsgi_buffer_size) сверх заголовка неудавшихся ответов или уменьшите его: запросите сбойный маршрут у апстрима (curl -s -o /dev/null -D -) и посмотрите, какая строка длинна, часто это Set-Cookie
advice-small-header = Не держите в заголовке то, что растёт: сессии в хранилище, а не в cookie, строк Set-Cookie мало и они короткие
advice-add-resolver = Задайте nginx resolver в этом блоке server или http (серверы имён из /etc/resolv.conf) или назовите апстрим в блоке upstream: его адрес ищется при запуске
advice-url-variable = Найдите переменную в proxy_pass сбойного location и задайте ей значение для каждого запроса: схему, хост и порт
advice-ask-upstream = Запросите сбойный маршрут у самого апстрима (curl -vi http://{ $place-known ->
    [no] HOST:PORT
   *[yes] { $place }
}/) и исправьте то, что названо в приведённой строке: иной протокол, чем в proxy_pass, либо недопустимый или повторённый заголовок
advice-tls-scheme = Обратитесь к апстриму обоими способами с хоста прокси (curl -v http://{ $place-known ->
    [no] HOST:PORT
   *[yes] { $place }
}/, openssl s_client -connect { $place-known ->
    [no] HOST:PORT
   *[yes] { $place }
}) и укажите в proxy_pass ту схему, на которую он отвечает
advice-socket-made = Проверьте, что приложение работает и какие сокеты есть (ss -lxp), и задайте прокси и приложению один путь; сокета в /tmp юнита с PrivateTmp= или в каталоге, который никто не создаёт при загрузке (RuntimeDirectory=), для прокси нет
advice-test-configuration = При деплое проверяйте конфигурацию на работающем приложении (nginx -t не устанавливает соединений)
advice-throttle = Посмотрите, кого отклонил лимит (адреса клиентов в приведённых строках): если это пользователи, поднимите его rate или burst, иначе оставьте
advice-proxy-limit = Поднимите лимит прокси, названный в строке (worker_rlimit_nofile, LimitNOFILE, worker_connections, порты — через keepalive к апстриму), и перезагрузите его конфигурацию
advice-open-files = Поднимите LimitNOFILE { failing-dat } и перезапустите, затем найдите, что остаётся открытым (lsof -p)
advice-store-clients = Ограничьте пулы соединений ниже достигнутого лимита и закройте простаивающие; новые воркеры открыли бы ещё больше
advice-pool = Найдите, что долго держит соединения { failing-gen }: медленные запросы, незакрытые транзакции (pg_stat_activity: state, query_start), соединения, которые не возвращают; увеличивайте пул только после этого и ниже того, что допускает база
advice-system-limit = Поднимите лимит, названный в строке (sysctl, TasksMax, pids.max), и найдите, кто его исчерпывает
advice-watch-limit = Считайте исчерпанное по процессам каждую минуту, пока не станет ясно, что растёт
advice-shed-load = Сбросьте или распределите нагрузку либо добавьте воркеров { failing-dat }
advice-raise-met-limit = Поднимите достигнутый лимит (listen backlog и net.core.somaxconn, worker_connections, LimitNOFILE, max_children), оценив, сколько памяти стоит каждая единица
advice-limit-rate = Ограничьте частоту запросов на прокси и настройте алерты на длину очереди и открытые дескрипторы
advice-raise-heap = Поднимите { $runtime ->
    [node] лимит heap в Node (--max-old-space-size)
    [jvm] heap в JVM (-Xmx, -XX:MaxRAMPercentage)
    [php] memory_limit в PHP
    [manager] лимит памяти менеджера процессов (max_memory_restart)
   *[other] лимит рантайма (--max-old-space-size, -Xmx, memory_limit, max_memory_restart)
} { failing-gen }, если у хоста есть память
advice-what-fills-heap = Найдите запрос, который заполняет heap: большие загрузки и выгрузки передавайте потоком, а не держите целиком
advice-alert-heap = Настройте алерт на размер heap и ограничьте размер тела запроса на прокси (client_max_body_size)
advice-dump-workers = Если всё ещё висит, снимите дамп воркеров { failing-gen } (py-spy dump, jstack, gdb) и ожидания блокировок в базе
advice-log-durations = Записывайте в лог длительность каждого исходящего вызова и медленные запросы в базе
advice-outgoing-timeouts = Ставьте таймауты исходящих вызовов меньше, чем read timeout прокси
advice-what-workers-wait-for = Выясните, чего ждут воркеры { failing-gen }: снимите дамп зависшего воркера (py-spy dump --pid, gdb) или изучите медленный маршрут
advice-call-timeouts = Задайте каждому исходящему вызову таймаут короче, чем у самого сервера приложений
advice-slow-routes-apart = Держите медленные маршруты на отдельных воркерах
advice-suspect = Сначала посмотрите на { $route }: такой запрос выполнялся в { suspect-moments }; { $remedy ->
    [body] пишите его тело на диск или в объектное хранилище по мере поступления, а не держите в памяти, и ограничьте его размер на прокси
    [wait] выясните, чего такой запрос ждёт, и ограничьте ожидание (таймаут на вызовы, лимит на объём работы)
   *[bound] выясните, что такой запрос заставляет приложение держать, и ограничьте это (постранично, потоком, лимитом размера)
}

## Как убедиться, что помогло

verify-no-end = в его логе больше нет завершений
verify-recycle = после этого возраста завершений больше нет; резидентная память со временем остаётся ниже лимита
verify-restart-counter = счётчик перезапусков не растёт
verify-same-input = тест на тех же данных даёт 4xx или 5xx и не приводит к перезапуску
verify-no-fault-line = в логе ядра больше нет строк о таких сбоях
verify-backtrace = backtrace называет функцию
verify-input-is-test = роняющие данные стали тестом
verify-no-lock-wait = в pg_stat_activity никто не ждёт
verify-query = запрос с хоста приложения проходит
verify-lock-in-test = удержание блокировки в тесте даёт быстрые ошибки, а не 504
verify-store-restart = в тесте приложение переживает перезапуск хранилища
verify-migration-fails = миграция, встретив блокировку, падает сама, а не роняет читателей
verify-listening-answers = в логе видно, что он слушает, и ответы успешны
verify-restart-under-load = перезапуск под нагрузкой не даёт 502
verify-df = df показывает место, запись проходит
verify-growth = известен прирост за день
verify-alert = алерт срабатывает в тесте
verify-check-under-load = проверка проходит под нагрузкой
verify-slow-minute = медленная минута не приводит к перезапуску
verify-none-missing = ничего не пропало
verify-reason = причина названа
verify-reboot = перезагрузка в тесте не даёт 502
verify-listening = в логе видно, что он слушает
verify-name = имя названо
verify-ausearch = ausearch -sc kill показывает тестовый сигнал
verify-pressure-falls = давление падает до нуля
verify-major-faults = число major faults в секунду под нагрузкой мало
verify-each-step = каждый шаг проходит
verify-address-change = смена адреса не даёт 502
verify-memory-events = memory.events этой cgroup: oom_kill не растёт
verify-oom-policy = systemctl show -p OOMPolicy { $unit }
verify-no-kill = в логе ядра больше нет OOM kill
verify-worker-memory = резидентная память воркера до и после одного такого запроса
verify-alert-before-kill = алерт срабатывает в тесте раньше, чем убивает ядро
verify-free = free -m; systemctl --failed
verify-memory-max = systemctl show -p MemoryMax; docker inspect
verify-through-proxy = запрос через прокси проходит
verify-wrong-port = неверный порт останавливает деплой
verify-header-size = заголовок самого большого ответа меньше буфера
verify-failing-deploy = развёртывание, при котором прокси не достаёт до приложения, не проходит
verify-no-such-line = таких строк больше нет, ответы успешны
verify-load-test = нагрузочный тест с частотой всплеска проходит без ошибок
verify-no-limit-line = в его логе больше нет строк о лимите
verify-flat-heap = за время такого запроса heap не растёт
verify-alert-before-limit = алерт срабатывает в тесте раньше лимита
verify-dump = дамп называет, чего ждут
verify-slow-reason = следующая медленная минута называет причину в логе
verify-own-error = медленная зависимость даёт собственную ошибку раньше, чем 504
verify-no-timeout-line = в его логе больше нет строк о таймауте
verify-hanging-partner = зависший партнёр даёт один медленный ответ и ни одного убитого воркера
verify-other-routes = остальные маршруты отвечают, пока один висит
verify-suspect = резидентная память воркера до, во время и после одного такого запроса

## Подозрительное, но не причина

ruled-out-kill = { $whose ->
    [cgroup] убитый процесс { $victim } принадлежит cgroup { $cgroup }, а не { failing-dat }
    [process] убитый процесс { $victim } принадлежит другому процессу, а не { failing-dat }
    [own] у процесса { $victim } тот же владелец ({ failing }), но его конец объясняет мало сбоев
   *[unknown] ничто не связывает убитый процесс { $victim } с { failing-ins }
}; это произошло { $when ->
    [before] за { $apart } до первого сбоя
    [after] через { $apart } после последнего сбоя
   *[amid] в { $time }, через { $apart } после первого сбоя
}
ruled-out-kills = { $whose ->
    [cgroup] убитые процессы { $victim } ({ $kills }) принадлежат cgroup { $cgroup }, а не { failing-dat }
    [process] убитые процессы { $victim } ({ $kills }) принадлежат другим процессам, а не { failing-dat }
    [own] у процессов { $victim } ({ $kills }) тот же владелец ({ failing }), но их конец объясняет мало сбоев
   *[unknown] ничто не связывает убитые процессы { $victim } ({ $kills }) с { failing-ins }
}; это произошло { $when ->
    [before] за { interval } до первого сбоя
    [after] через { interval } после последнего сбоя
   *[amid] через { interval } после первого сбоя
}
ruled-out-words = { $lower }gunicorn пишет «Perhaps out of memory?» при любом SIGKILL, в том числе при собственном после таймаута; эти слова ничего не доказывают

## Цепочка от причины до пользователей

answers-of = { $count ->
    [one] { $answers } ответ { $status }
    [few] { $answers } ответа { $status }
   *[many] { $answers } ответов { $status }
}
chain-users-met = клиенты получили { $answers }{ $own-told ->
    [no] {""}
   *[yes] ; за то же время само приложение дало { $own }
}
chain-proxy-met = прокси получил { $answers }; без access-лога неизвестно, что из этого увидели пользователи{ $own-told ->
    [no] {""}
   *[yes] ; за то же время само приложение дало { $own }
}
chain-oom-kill = ядро убило { $victim } (pid { $pid }), потому что { $limited ->
    [known] его cgroup упёрлась в лимит { $limit }
    [unknown] его cgroup упёрлась в свой лимит памяти
    [sysrq] его об этом попросили (SysRq f)
   *[host] на хосте кончилась память
}{ $times ->
    [1] {""}
   *[other] ; это первое из { $times }
}
chain-worker-signaled = сервер приложений увидел, что воркер { $worker } завершился по сигналу { $signal }
chain-worker-timeout = воркер { $worker } не ответил вовремя и был снят
chain-upstream-refused = апстрим отказывал прокси в соединении
chain-upstream-reset = апстрим сбросил соединение прокси
chain-upstream-closed = апстрим закрыл соединение, не ответив
chain-upstream-timeout = апстрим не ответил прокси вовремя
chain-upstream-backlog-full = очередь соединений апстрима была заполнена
chain-upstream-socket-missing = сокета апстрима не было
chain-upstream-truncated = ответ оборвался при передаче
chain-app-stopping = сервер приложений получил команду остановиться
chain-app-listening = сервер приложений снова слушает
chain-heap-limit = рантайм упёрся в лимит heap и завершился{ $times ->
    [1] {""}
   *[other] , впервые из { $times }
}
chain-failed-before = { $count ->
    [one] { $failed } запрос завершился ошибкой ещё раньше, в { $time }, за { $apart } до следующего шага
    [few] { $failed } запроса завершились ошибкой ещё раньше, с { $time }, за { $apart } до следующего шага
   *[many] { $failed } запросов завершились ошибкой ещё раньше, с { $time }, за { $apart } до следующего шага
}{ $why ->
    [stall] : у предела памяти хост или cgroup тормозит ещё до того, как ядро убьёт процесс
   *[none] {""}
}
chain-back = { failing } снова { $what ->
    [ready] принимает клиентов
   *[listening] слушает порт
} с { $time }
chain-down = после { $time } ничего от { failing } не видно: ни один лог не показывает запуска
chain-unit-oom-stopped = { $lower }systemd остановил из-за этого остальную часть { $unit }, как велит OOMPolicy=stop
chain-disk-full = запись не удалась: нет места
chain-segfault = ядро увидело, что { $process } обратился к чужой памяти
chain-container-died = контейнер { $container } завершился с кодом { $code }
chain-container-killed = контейнеру { $container } послан сигнал { $signal }
chain-container-oom = среда запуска контейнеров увидела событие OOM в { $container }
chain-store-lock-wait = запрос ждал блокировку в базе данных
chain-lock-held = запрос ждал блокировки в базе данных; её держал процесс { $holder }
chain-lock-released = запрос процесса { $holder } завершился в { $time }, длился { $length }
chain-dependency-lost = приложение потеряло { $known ->
    [no] зависимость
   *[yes] { $store }
} или не смогло подключиться
chain-other = { $kind ->
    [container-started] контейнер запущен
    [container-stopped] контейнер остановлен
    [container-stop-forced] контейнер остановлен принудительно
    [container-unhealthy] контейнер не прошёл health check
    [container-destroyed] контейнер удалён
    [container-created] контейнер создан
    [container-state] состояние контейнера
    [app-started] сервер приложений запущен
    [app-boot-failed] приложение не смогло запуститься
    [unit-started] юнит systemd запущен
    [unit-failed] юнит systemd завершился с ошибкой
    [worker-booted] воркер запущен
    [kernel-boot] хост загрузился
    [host-shutdown] хост выключается
    [host-suspend] хост уснул
    [uncaught-exception] необработанное исключение
    [proxy-lifecycle] прокси запущен, остановлен или перечитал конфигурацию
    [dependency-exhausted] у зависимости не осталось соединений для приложения
    [dependency-timeout] приложение слишком долго ждало зависимость
    [dependency-unresolved] приложение не смогло узнать адрес зависимости по имени
    [store-crashed] база данных или кеш аварийно завершились
    [store-disk-full] базе данных или кешу не хватило места на диске
    [store-out-of-memory] базе данных или кешу не хватило памяти
    [store-refusing] база данных или кеш отказывали клиентам
    [store-stopping] база данных или кеш получили команду остановиться
    [store-too-many-clients] база данных отказывала клиентам: их было слишком много
    [proxy-limit] прокси достиг собственного лимита
    [proxy-disk-full] прокси не хватило места на диске
    [proxy-configuration] конфигурация прокси не подошла
    [oom-invoked] ядро искало процесс, чтобы убить его из-за нехватки памяти
    [hung-task] ядро увидело зависшую задачу
    [page-allocation-failure] ядро не смогло получить страницу памяти
    [disk-error] диск или его файловая система дали сбой
    [conntrack-full] таблица отслеживания соединений ядра была полна
    [kernel-limit] достигнут лимит ядра
    [upstream-unreachable] прокси не нашёл маршрута к апстриму
    [upstream-forbidden] прокси не было позволено соединиться с апстримом
    [upstream-none-live] прокси считал неисправными все свои апстримы
    [upstream-bad-answer] прокси отверг ответ апстрима
    [upstream-unresolved] прокси не смог узнать адрес апстрима по имени
    [upstream-tls] соединение TLS между прокси и апстримом не удалось
    [check-failed] проверка прокси признала сервер неработающим
    [check-passed] проверка прокси снова нашла сервер исправным
    [proxy-worker-died] воркер прокси погиб от сигнала
    [proxy-throttled] прокси отклонил запросы по собственным правилам
    [upload-buffered] прокси записал большое тело запроса на диск
    [app-stopped] сервер приложений завершился по команде
    [app-reloaded] сервер приложений перезагрузился по команде
    [worker-exited] воркер завершился
    [master-gone] воркер обнаружил, что его мастера больше нет
    [workers-exhausted] все воркеры были заняты или достигнут предел их числа
    [listen-queue-full] очередь подключений сервера приложений была полна
    [memory-limit] запрос достиг лимита памяти среды выполнения
    [watcher-alarm] наблюдатель нашёл неисправность и велел перезапустить
    [manager-memory-limit] менеджер процессов завершил процесс из-за его памяти
    [request-error] приложение не справилось с запросом из-за собственной ошибки
    [error-named] трассировка приложения называет ошибку
    [program-started] менеджер процессов запустил программу
    [program-stopped] менеджер процессов остановил программу по команде
    [program-gave-up] менеджер процессов отказался от попыток запустить программу
    [open-files-exhausted] у приложения закончились файловые дескрипторы
    [store-started] база данных или кеш запущены
    [store-ready] база данных или кеш снова принимали клиентов
    [store-slow] запрос к базе данных был медленным или превысил время ожидания
    [unit-starting] systemd начал запускать юнит
    [unit-stopped] systemd остановил юнит
    [unit-reloaded] systemd перезагрузил юнит
    [unit-oom-killed] systemd увидел, что OOM killer убил процесс юнита
    [unit-restart-scheduled] systemd запланировал повторный запуск юнита
    [unit-signal-sent] оператор послал сигнал юниту
    [unit-stop-timeout] юнит не остановился вовремя, и systemd убил его
    [unit-watchdog] юнит не ответил watchdog systemd
    [core-dumped] снят core dump
    [userspace-oom-kill] убийца в пространстве пользователя убил процесс из-за памяти
    [userspace-kill-failed] убийце в пространстве пользователя не удалось завершить процесс
    [clock-step] часы были переведены
    [operator-command] оператор выполнил команду
    [deploy] устанавливались пакеты или шло развёртывание
    [log-loss] служба журналирования потеряла строки
   *[other] событие «{ $words }»
}
chain-kernel-limit = достигнут предел ядра: { $limit }
chain-pool-used-up = в собственном пуле приложения вовремя не нашлось свободного соединения
chain-operator-command = { $user-known ->
    [no] оператор выполнил «{ $command }»
   *[yes] { $user }: выполнена команда «{ $command }»
}
chain-cron-command = cron выполнил задание{ $user-known ->
    [no] {""}
   *[yes] {" "}пользователя { $user }
}: «{ $command }»
chain-program-exited = менеджер процессов увидел, что { $program } завершился{ $told ->
    [signal] {" "}от сигнала { $signal }
    [code] {" "}с кодом выхода { $code }
   *[nothing] {""}
}
chain-unit-stopping = { $lower }systemd получил команду остановить { $unit }
chain-unit-process-exited = { $lower }systemd увидел, что главный процесс { $unit } завершился ({ $code }, { $status })

## Что проверено

claim-no-kill-around = рядом с { $incident } нет OOM kill пострадавшего сервиса или его зависимости
claim-no-kill = за всё время нет OOM kill
claim-no-burst = нет всплеска неудачных ответов
claim-ends-explained = каждое завершение процесса объяснено
kernel-covers = { $path } покрывает инцидент
kernel-ring-covers = { $path } содержит всё, что ядро писало с { $time } до чтения буфера
kernel-no-kill = в { $path } есть сообщения ядра, но нет OOM kill
kernel-none = ни один лог бандла не содержит сообщений ядра
kernel-kills = в логе ядра: { $kills }
access-no-burst = { $failed ->
    [0] в { $path } нет неудачных ответов
    [one] в { $path } { $failed } неудачный ответ, и он не во всплеске
    [few] в { $path } { $failed } неудачных ответа, ни один не во всплеске
   *[many] в { $path } { $failed } неудачных ответов, ни один не во всплеске
}
proxy-unserved = { $path }:{ $line } (таких строк { $count }) говорит, что прокси не смог обслужить соединение или закончить ответ: таких запросов в access-логе нет, или они там не как неудачные
access-none = в бандле нет access-лога
log-not-whole = { $path } обрезан или повреждён, об этом могла говорить утраченная часть
archive-not-whole = архив, в котором лежит { $path }, повреждён, об этом могла говорить утраченная часть
bursts-unjudged = разобраны только всплески с наибольшим числом неудачных ответов ({ $bursts }); остальные считаются отдельными ошибками
ends-unexplained = { $ends ->
    [one] для { $ends } завершения в логах нет причины
   *[many] для { $ends } завершений в логах нет причины
}
kernel-zone-assumed = часовой пояс { $path } лишь предположен; задайте --tz FILE=ZONE
kill-told = { $path }:{ $line } о нём говорит
kill-of-a-store = { $path }:{ $line } говорит, что база или кэш убиты, и ни одна строка не говорит, нужны ли они тому, что отказало
kernel-after-boot = { $path } начинается загрузкой после начала инцидента: что ядро писало до неё, потеряно
kernel-at-boot = { $path } записан при загрузке и не содержит ничего более позднего
kernel-of-another = { $path } может быть с другого хоста, а не с того, где работает приложение
kernel-overwritten = { $path } начинается слишком поздно: кольцевой буфер переписан или очищен
kernel-untied = в { $path } нет строки, которая связала бы его часы с другими логами
kernel-elsewhere = { $path } не покрывает инцидент
kernel-unplaced = { $path } нельзя привязать ко времени

## Что рассказало бы больше

missing-kernel-log = лог ядра за время инцидента ({ $why })
missing-kernel-zone = часовой пояс { $path }: лог ядра за время инцидента есть в бандле, но его пояс лишь предположен
missing-platform = что платформа говорит об экземплярах: события, коды выхода и память
missing-docker-events = события docker (docker events)
missing-app-log = лог сервера приложений за { $place-known ->
    [no] отказавшим апстримом
   *[yes] { $place }
}
missing-app-times = когда написаны строки { $path }: времени в них нет{ $told ->
    [no] {""}
   *[yes] {"; "}из понятных строк таких, как строка { $line } ({ $what }): { $count }
}
missing-error-log = error-лог прокси
missing-handshake = что отвечает апстрим на своём порту, по TLS и без него
missing-listeners = конфигурация прокси и то, что слушает
missing-dependency-log = чего ждало приложение: логи его базы и других зависимостей
missing-sender = кто послал сигнал: audit-лог, лог sudo, история команд
missing-own-error = собственная ошибка приложения для одного из неудачных запросов (его лог в этот момент или система сбора ошибок)
missing-own-trace = то, что стоит под строкой { $line } файла { $path }: трассировка ошибки, которой приложение ответило
missing-stacks = стеки ждущих воркеров и логи медленных запросов и блокировок того, что они вызывают

## Тишина, ритм и запросы, которые выполнялись

gap-clock-set = в это время переводили часы, так что промежуток может быть короче
gap-host-down = в это время хост выключался или загружался
gap-host-slept = в это время хост спал
gap-host-paused = в это время хост стоял на паузе
gap-proxy-killed = ядро убило прокси
gap-proxy-stopped = в это время прокси останавливали или запускали
gap-disk-full = диск был полон, строки лога могли потеряться
gap-at-end = access-лог кончается, а другие логи идут ещё { $length }: прокси перестал писать лог, пользователи не приходили или лог скопирован раньше
gap-between-files = { $one } кончается, а { $other } здесь начинается: файл между ними мог не попасть в бандл
gap-host-lived = в других логах есть события, значит хост работал; куда делись запросы, неизвестно
gap-nothing-told = ни в одном другом логе событий нет
keeps-ending = { $process ->
    [no] {""}
   *[yes] процесс{" "}
}{ $subject }: { $end ->
    [oom_kill] убит из-за памяти
    [worker_timeout] потеряны воркеры, не ответившие вовремя,
    [runtime_heap_limit] достигнут собственный лимит памяти
    [health_check] остановлен по health check
    [crash] аварийное завершение
   *[unknown] завершение без причины в логах
} { times-many }{ merged-ends }, { $pace ->
    [uneven] с промежутком { interval }, неравномерно
    [even] каждые { interval }
   *[median] каждые { interval } (в половине случаев больше { $median })
}{ $aged ->
    [no] {""}
   *[yes] , каждый раз через { ages } после старта
}{ $sized ->
    [no] {""}
   *[yes] ; убитые процессы держали { $size } (медиана)
}{ $forecast ->
    [no] {""}
   *[yes] ; если ничего не менять, следующий раз ожидается около { $next } (± { $within })
}.
merged-ends = { $merged ->
    [no] {""}
   *[yes] {" "}(завершений: { $ends }; следующие сразу друг за другом считаются одним)
}
interval = { $range ->
    [no] { $least }
   *[yes] { $least } – { $most }
}
ages = { $age-range ->
    [no] { $age-least }
   *[yes] { $age-least } – { $age-most }
}
suspect-moments = { $how ->
    [one] момент, когда завершился процесс
    [both] оба момента, когда завершались процессы
    [all] каждый из моментов ({ $deaths }), когда завершались процессы
   *[some] { $at-deaths } из { $deaths } моментов, когда завершались процессы
}{ $merged ->
    [no] {""}
   *[yes] {" "}(завершений: { $ends }, объединены по отрезкам в 5 s)
}
suspect-request = выполнялся в { suspect-moments }{ $longest ->
    [none] {""}
    [one] , дольше всех неудачных запросов
    [all] , каждый раз дольше всех неудачных запросов
   *[some] , из них в { $longest-at } дольше всех неудачных запросов
}{ $timed ->
    [no] {""}
   *[yes] {" "}(до { $length })
}{ $sized ->
    [no] {""}
   *[yes] , клиент прислал до { $size }
}{ $uploads ->
    [0] {""}
    [one] ; незадолго до этого прокси записал на диск { $uploads } тело такого запроса
    [few] ; незадолго до этого прокси записал на диск { $uploads } тела таких запросов
   *[many] ; незадолго до этого прокси записал на диск { $uploads } тел таких запросов
}; его доля среди всех запросов — { $share }, так что вероятность случайного совпадения { $chance-told ->
    [no] ниже 0.000001
   *[yes] { $chance }
}

## Откуда известны часы лога

clock-offset = смещение указано в каждой строке
clock-offset-by-dmesg = смещение в каждой строке, вычисленное dmesg
clock-no-times = в нём нет времени
clock-untied = ничто в бандле не связывает его часы с UTC
clock-moved = { $evidence }; { $told }, поэтому он сдвинут
clock-in-doubt = { $evidence }; под сомнением: { $doubt }
clock-both = в его записях есть и часы ядра, и настенное время
clock-both-parting = в его записях есть и часы ядра, и настенное время; по пути они расходятся на { $apart } (хост спал или часы переводили)
clock-shared-lines = { $count ->
    [one] { $count } строка ядра, общая с { $path }
    [few] { $count } строки ядра, общие с { $path }
   *[many] { $count } строк ядра, общих с { $path }
}
clock-dump-corrected = { $evidence }; исправлено по { $lines ->
    [one] { $lines } строке ядра, общей с { $path }
   *[many] { $lines } строкам ядра, общим с { $path }
}, сдвиг от { $least } до { $most } s
clock-shared-pids = { $count ->
    [one] { $count } убитый pid, о конце которого пишет { $path }
    [few] { $count } убитых pid, о конце которых пишет { $path }
   *[many] { $count } убитых pid, о конце которых пишет { $path }
}
clock-kill-pattern = { $count } из { $all } OOM kill попадают на секунды со сбоями только при одном сдвиге
clock-apart = по { $count ->
    [one] { $count } общему событию
   *[many] { $count } общим событиям
} с { $path } он { $side ->
    [behind] отстаёт на { $apart }
   *[ahead] спешит на { $apart }
}
clock-contradicted = { $one } и { $other } расходятся на { $apart } по общим событиям ({ $count }), и не видно, чьи часы неверны
clock-summer-ends = { $evidence }; в нём кончается летнее время
clock-own-votes = { $count ->
    [one] { $count } строка стоит рядом со строками того же файла, где смещение указано
    [few] { $count } строки стоят рядом со строками того же файла, где смещение указано
   *[many] { $count } строк стоят рядом со строками того же файла, где смещение указано
}
clock-shared = { $what ->
    [requests] { $count ->
        [one] { $count } запрос, общий с { $path }
        [few] { $count } запроса, общие с { $path }
       *[many] { $count } запросов, общих с { $path }
    }
    [ends] { $count ->
        [one] { $count } завершение процесса, общее с { $path }
        [few] { $count } завершения процессов, общие с { $path }
       *[many] { $count } завершений процессов, общих с { $path }
    }
    [starts] { $count ->
        [one] { $count } запуск процесса, общий с { $path }
        [few] { $count } запуска процессов, общие с { $path }
       *[many] { $count } запусков процессов, общих с { $path }
    }
   *[kernel] { $count ->
        [one] { $count } строка ядра, общая с { $path }
        [few] { $count } строки ядра, общие с { $path }
       *[many] { $count } строк ядра, общих с { $path }
    }
}
clock-shared-things = { $count ->
    [one] { $count } событие, общее с { $path }
    [few] { $count } события, общие с { $path }
   *[many] { $count } событий, общих с { $path }
}
clock-two-offsets = { $count ->
    [one] { $count } событие, общее с другими логами
    [few] { $count } события, общие с другими логами
   *[many] { $count } событий, общих с другими логами
}, при двух смещениях, как при переводе часов в { $zone }
clock-coincidence = { $count } из { $all } завершений процессов совпадают со сбоями в других логах
clock-by-ridge = его OOM kill ({ $kills }) совпадают со сбоями лишь на одном отрезке времени
clock-by-audit = по времени записей audit в нём
clock-neighbour-and-hours = общих событий нет; { $file } того же хоста записан в этом поясе, и покрытые часы подходят
clock-neighbour = общих событий нет; взят пояс файла { $file }; если он неверен, задайте --tz FILE=ZONE
clock-hours = общих событий нет, и ни один другой лог хоста не называет свой пояс: взят тот, что лучше всего подходит к часам бандла; если он неверен, задайте --tz FILE=ZONE

## Ответ, с которого начинается каждая форма

answer-what = { $total ->
    [unknown] { $failed }
   *[known] { $failed } из { $requests }
} { $counted ->
    [error-log] ошибок в error-логе прокси (access-лога нет)
   *[access-log] запросов завершились ошибкой
} ({ $statuses }), { $span }, { $duration }{ $worst-told ->
    [no] {""}
   *[yes] , в худшую минуту { $worst }
}{ $censored ->
    [none] {""}
    [left] , в начале логов сбой уже идёт
    [right] , в конце логов сбой ещё идёт
   *[both] , в начале логов сбой уже идёт, в конце ещё идёт
}
no-summary = По бандлу причину назвать нельзя.
verdict-word = { $verdict ->
    [confirmed] подтверждено
    [probable] вероятно
    [suspected] предположительно
    [undetermined] одно из двух
   *[unknown] неизвестно
}
verdict-sure = { $verdict ->
    [unknown] {""}
    [suspected] {""}
    [undetermined] , { $other-known ->
        [no] { $one }
       *[yes] { $one } или { $other }
    }
   *[other] , { $probability }
}
answer-verdict = { verdict-word }{ verdict-sure }
verdict = Вердикт: { $verdict }
why-and-verdict = { $summary } Вердикт: { $verdict }.
answer-collect = Соберите: { $data }{ $told ->
    [no] {""}
   *[yes] ; это различит { $causes }
}:
answer-nothing-to-do = Логи не требуют ничего делать сейчас; сохраните этот бандл.
check = Проверка: { $verify }
no-moment = время неизвестно
no-time = ни одного момента, который можно прочесть
no-incident-blind = Об инциденте сказать нельзя: в бандле нет access-лога, и неудачные запросы не сосчитать. Логи покрывают { $window }.
no-incident = { $silent ->
    [no] Инцидента нет
   *[yes] Всплеска ошибок нет, но нет и трафика { $gap }, где ожидалось запросов около { $expected } ({ $why })
}: запросов { $requests }, { $some-failed ->
    [no] все успешны
   *[yes] неудачных мало, и ни один не во всплеске ({ $statuses })
}.{ $hidden ->
    [0] {""}
   *[other] {" "}Ошибок, скрытых повтором на другом апстриме: { $hidden-shown }.
}{ $kills ->
    [0] {""}
    [one] {" "}OOM killer убил { $kills } процесс, но всплеска ошибок не последовало.
    [few] {" "}OOM killer убил { $kills } процесса, но всплеска ошибок не последовало.
   *[many] {" "}OOM killer убил { $kills } процессов, но всплеска ошибок не последовало.
} Логи покрывают { $window }.{ $lost ->
    [no] {""}
   *[yes] {" "}Часть данных потеряна (см. качество данных), инцидент мог быть в ней.
}
more-in-json = Ещё { $more } — в JSON
redact-off = Секреты не скрыты (--redact off).
redact-ids = Адреса, хосты и пользователи заменены псевдонимами (--redact ids).
yes = да
no = нет
none = нет
cannot-tell = неизвестно
times = { times-many }
kill-words = { $killer } убил { $victim }{ $pid-known ->
    [no] {""}
   *[yes] {" "}(pid { $pid })
}{ $size-known ->
    [no] {""}
   *[yes] , { $size }
}{ $cgroup-known ->
    [no] {""}
   *[yes] , в { $cgroup }
}{ $limit-known ->
    [no] {""}
   *[yes] , лимит { $limit }
}
kills-words = { $killer } убил { $victim } { times-many }{ $size-known ->
    [no] {""}
   *[yes] , { $size }
}{ $cgroup-known ->
    [no] {""}
   *[yes] , в { $cgroup }
}{ $limit-known ->
    [no] {""}
   *[yes] , лимит { $limit }
}
death-words = { $process }{ $pid-known ->
    [no] {""}
   *[yes] {" "}(pid { $pid })
}: { $signal-known ->
    [no] {""}
   *[yes] сигнал { $signal },{" "}
}{ $code-known ->
    [no] {""}
   *[yes] код выхода { $code },{" "}
}{ $why }
signal = сигнал { $signal }
exit-code = код выхода { $code }

## Заголовки и шапки таблиц

heading-incident = { $id }: { $class ->
    [server] ошибки приложения
   *[gateway] ошибки шлюза
}, { $span }
heading-incidents = Инциденты, от самого тяжёлого
heading-impact = Влияние
heading-timeline = Хронология ({ $known ->
    [no] день неизвестен
   *[yes] { $day }
})
heading-chain = Причинная цепочка
heading-belief = Почему мы так считаем
heading-likeliest = На чём держится самая вероятная причина
heading-suspects = Подозрительные запросы
heading-doubt = Что говорит против или исключено
heading-unseen = Чего не было видно и что собрать
heading-other-causes = Другие рассмотренные причины
heading-actions = Действия
heading-traffic = Трафик
heading-kills = OOM kill
heading-deaths = Завершения процессов
heading-recurrences = Что повторяется
heading-gaps = Нет трафика там, где он ожидался
heading-negatives = Чего не обнаружено
heading-looked-for = Что проверено
heading-clocks = Часы
heading-sources = Источники
heading-sources-clocks = Источники и часы
heading-quality = Качество данных
heading-evidence = Доказательства
title-incident = Отчёт об инциденте: { $verdict ->
    [unknown] причина неизвестна
    [undetermined] { $other-known ->
        [no] { $one }
       *[yes] либо { $one }, либо { $other }
    } ({ verdict-word })
   *[other] { $one } ({ verdict-word })
}, { $count ->
    [one] { $failed } неудачный запрос
    [few] { $failed } неудачных запроса
   *[many] { $failed } неудачных запросов
}, { $span }
title-no-incident = Отчёт об инциденте: инцидент не найден{ $kills ->
    [0] {""}
   *[other] , но есть OOM kill: { $kills }
}
table-incidents = Инциденты
table-timeline = Хронология
col-against = Против
col-cause = Причина
col-cgroup = cgroup
col-claim = Утверждение
col-clock = Часы
col-command = Команда
col-data = Данные
col-death = Завершение
col-deaths = Завершения
col-duration = Длительность
col-ended-by = Чем завершён
col-event = Событие
col-evidence = Основание
col-expected = Ожидалось запросов
col-failed = Неудачных
col-figure = Показатель
col-first = Первый раз
col-for = За
col-format = Формат
col-format-role = Формат, роль
col-from = С
col-holds = Верно?
col-host = Хост
col-incident = Инцидент
col-invoker = Кто запросил память
col-kill = OOM kill
col-killer = Кто убил, область
col-kind = Вид
col-known-from = Откуда известно
col-largest = Самый крупный
col-last = Последний раз
col-limit = Лимит
col-line = Строка
col-offset = Местное минус UTC
col-others-say = Что говорят другие логи
col-path = Путь
col-place = Место
col-probability = Вероятность
col-process = Процесс
col-records = Записей
col-role = Роль
col-rss = RSS
col-sigma = ±
col-source = Источник
col-start = Начало (UTC)
col-tells-apart = Различит
col-time = Время (UTC)
col-times = Сколько раз
col-to = По
col-unit = Юнит, контейнер
col-unparsed = Не разобрано
col-value = Значение
col-verdict = Вердикт
col-victim = Убитый процесс
col-what = Что
col-when = Когда
col-why = Почему

## Текстовая форма

label-what = ЧТО
label-why = ПОЧЕМУ
label-do = ДЕЛАТЬ
text-picture = Сбои за { $step }, не более { $peak }{ $marks ->
    [none] {""}
    [kills] ; K — OOM kill
    [deaths] ; x — завершение
   *[both] ; K — OOM kill, x — завершение
}
text-chain = Цепочка
text-against = Против / исключено
text-against-line = { $id } против: { $line }
text-ruled-out = { $id } { $why }{ $chance-told ->
    [no] {""}
   *[yes] {" "}(так близко случайно: { $chance })
}
text-unseen = Чего не было видно
text-others = Другие инциденты
text-col-id = id
text-col-start = начало (UTC)
text-col-duration = длится
text-col-failures = сбоев
text-col-cause = причина, вердикт
text-cause-and-verdict = { $verdict ->
    [unknown] неизвестно: по бандлу не видно
   *[other] { $cause }, { verdict-word }
}
text-still-failing = В конце логов ещё продолжается: { $incidents }
text-checked = Проверено
text-holds = верно
text-not-so = НЕВЕРНО
text-cannot-tell = неизвестно
text-kills-outside = OOM kill, не связанные с инцидентами
text-deaths-outside = Другие завершения, не связанные с инцидентами
text-recurrences = Повторяется
text-gap = { $span }, ожидалось запросов: около { $expected }: { $why }

## Markdown и общее с HTML

lead-impact = Влияние:
lead-cause = Причина:
lead-when = Когда:
lead-ongoing = Продолжается:
lead-next = Дальше:
lead-isolated = Отдельные ошибки вне всплесков:
lead-window = Логи покрывают:
lead-checked = Что проверено:
impact = { $total ->
    [unknown] { $failed }
   *[known] { $failed } из { $requests }
} { $counted ->
    [error-log] ошибок в error-логе прокси (access-лога нет)
   *[access-log] запросов завершились ошибкой
} ({ $statuses }){ $worst-told ->
    [no] {""}
   *[yes] , в худшую минуту { $worst }
}
cause-and-verdict = { $summary } (**{ verdict-word }**{ verdict-sure })
when = { $span }, { $duration }{ $censored ->
    [left] ; в начале логов сбой уже идёт
    [both] ; в начале логов сбой уже идёт
   *[other] {""}
}
ongoing = { $ongoing ->
    [yes] да, в конце логов сбой ещё идёт
    [others] нет, но { $incidents } в конце логов ещё продолжается
   *[no] нет, дальше в логах таких сбоев нет
}
next-collect = соберите: { $data }: { $command }
next-nothing = логи не требуют ничего делать сейчас; сохраните этот бандл
no-impact = нет; запросов: { $requests }
unknown-impact = неизвестно: нет access-лога, неудачные запросы не сосчитать
unknown-window = неизвестно, ни в одном логе нет времени
see-negatives = см. *Чего не обнаружено*
gravest = { $id } (самый тяжёлый)
verdict-and-probability = { verdict-word }{ $verdict ->
    [unknown] {""}
    [suspected] {""}
   *[other] , { $probability }
}
figure-requests = Запросов за это время
figure-failed = Неудачных
figure-by-status = По статусам
figure-probes = Проверок health check среди неудачных
figure-worst-minute = Худшая минута
figure-baseline = Доля, когда всё в порядке
figure-duration = Длительность
figure-host = Хост причины
figure-ongoing = Продолжается
figure-already-failing = В начале логов сбой уже идёт
figure-still-failing = В конце логов сбой ещё идёт
figure-hidden = Скрыто повтором, выше не учтено
figure-route = Маршрут { $route }
figure-other-routes = Остальные маршруты
figure-upstream = Апстрим { $upstream }
figure-upstream-of = Апстрим { $upstream }, { $service }
not-known = без access-лога неизвестно
worst-minute = { $share }{ $minute-known ->
    [no] {""}
   *[yes] {" "}({ $minute })
} запросов с ошибкой
duration-since = { $duration }{ $failing ->
    [no] {""}
   *[yes] ; в начале логов сбой уже идёт
}
failed-of = неудачных { $failed }; всего запросов за время вокруг: { $requests }
more-of-kind = ещё вида { $kind }:
actions-as-for = То же, что и для { $incident }.
failed-count = неудачных { $failed }
picture-legend = Сбои за { $step }, не более { $peak }{ $marks ->
    [none] {""}
    [kills] ; K — OOM kill
    [deaths] ; x — завершение процесса
   *[both] ; K — OOM kill, x — завершение процесса
}:
event-times = { $event }{ $times ->
    [0] {""}
    [1] {""}
   *[other] {" "}({ times-many } за эту секунду)
}
suspect-was = { $route } { $told }
against = Против: { $line }
ruled-out = Исключено: { $id } { $why }{ $chance-told ->
    [no] {""}
   *[yes] {" "}(так близко случайно: { $chance })
}
nothing-against = В бандле ничего нет.
not-observable = Не видно: { $what }
when-now = Сейчас
when-this-week = На этой неделе
when-prevent = Чтобы не повторилось
task-verify = { $task }; проверка: { $verify }
traffic-requests = Запросов в логе, ближайшем к пользователям
traffic-probes = Проверок health check, считаются отдельно
traffic-sampled = Успешных запросов без ошибок рядом, прочитанных ради маршрута
traffic-hidden = Ошибок, скрытых повтором на другом апстриме
traffic-isolated = Отдельные ошибки вне инцидентов
users-met-nothing = пользователи не заметили
tied-to-none = нет
about = около { $count }
bundle = Бандл { $bundle }: { $size }, { members }
members = { $members ->
    [one] { $members } файл
    [few] { $members } файла
   *[many] { $members } файлов
}
written-by = Составлено программой { $tool } { $version }; прежде чем передавать дальше, отчёт должен прочитать человек.
markdown-redact-off = **Секреты не скрыты** (`--redact off`).
markdown-redact-ids = Адреса, хосты и пользователи заменены псевдонимами (`--redact ids`).
estimated = { $what ->
    [routes] число запросов по маршрутам в { $incident } — оценка
    [requests] число запросов в { $incident } — оценка
    [traffic] итоги по трафику — оценка
    [probes] число проверок health check — оценка
    [deaths] перечислены не все завершения
   *[other] показатель — оценка или обрезан по лимиту
} ({ $pointer } в JSON)
left-out = Не поместилось, есть в JSON: { $sections }.
names-and-more = { $names }; и ещё { $more }
show = Показать
picture-alt = Хронология запросов, сбоев, OOM kill и перезапусков
chart-title = Время в UTC
chart-failures = Сбои
chart-cause = Причина
chart-kill = OOM kill { $victim }

## Шаблон разбора (post-mortem)

sre-status = Статус: черновик по логам; его дополняет и проверяет человек.
sre-prompt = *Пишет человек.*
sre-root-cause = Первопричина и триггер
sre-detection = Обнаружение
sre-how-noticed = Как заметили, кто, через сколько после первого сбоя?
sre-resolution = Устранение
sre-what-ended-it = Что это прекратило и кто это сделал?
sre-action-items = План действий
sre-col-item = Задача
sre-col-type = Тип
sre-col-owner = Ответственный
sre-col-due = Срок
sre-lessons = Выводы
sre-went-well = Что прошло хорошо
sre-went-wrong = Что пошло не так
sre-got-lucky = Где повезло

## HTML

skip-to-evidence = К доказательствам
html-what = Что
html-why = Почему
html-do = Делать
html-gravest = (самый тяжёлый)
html-against = Против:
html-ruled-out = Исключено:
html-chance = (так близко случайно: { $chance })
html-suspect-was = { $told }
tells-apart = (различит { $causes })
timeline-table = Хронология таблицей, { $lines ->
    [one] { $lines } строка
    [few] { $lines } строки
   *[many] { $lines } строк
}
picture-scrolls = Картина хронологии; на узком экране прокручивается вбок
picture-help = Наведите указатель, коснитесь или перейдите клавишей Tab на метку, чтобы прочитать строку лога; стрелки ведут от метки к метке, Enter — к доказательству.
times-in-utc = Время в UTC.
secrets-masked = Секреты скрыты как ***.
no-line-cited = Ни одна строка не приведена.
with-neighbours = Вместе с соседними строками в
told-by = Об этом пишут:

## Картина хронологии

picture-title = Хронология { $incident } { $span }
picture-title-quiet = Хронология логов: инцидента нет
picture-about = Вверху запросы и неудачные ответы по времени; ниже по дорожке на каждый процесс, контейнер или хост с OOM kill, завершениями, остановками и запусками. Те же факты есть в таблицах отчёта.
mark-kill = OOM kill
mark-death = завершение
mark-stop = остановка
mark-start = запуск
mark-line = строка
legend-unrelated = не связано
legend-clock = часы ±1σ
legend-chain = цепочка
mark-ruled-out = исключено
mark-unfelt = пользователи не заметили
mark-first-of = первая из { $marks } в этом месте
mark-and-more = и ещё { $more }
lane-ends = OOM kill и завершения
panel-closely = { $incident } крупно, { $times }{ $left-out ->
    [0] {""}
   *[other] ; ещё дорожек, не показано: { $left-out }
}
panel-all = Все логи, { $times }
bars-requests = запросы за { $step }
bars-failures = сбои за { $step }
at-most = не более { $peak }
burst-about = { $incident }: сбоев { $failures }, { $span }, { text-cause-and-verdict }
unseen-about = access-лог сюда не доходит
unseen-short = нет access-лога
gap-about = нет трафика { $span }: { $why }
gap-short = нет трафика
memory-of-victims = память убитых процессов
memory-scale = шкала до { $size }
memory-dash = черта: лимит
memory-limit = лимит { $size }

## Два отчёта друг против друга (coroner diff)

diff-word = { $held ->
    [yes] Исправление помогло.
    [no] Исправление не помогло.
    [partly] Исправление помогло отчасти.
   *[unknown] Помогло ли исправление, сказать нельзя.
}
diff-trouble = { $known ->
    [no] { $cause }
   *[yes] { $cause } ({ $name })
}
diff-failures = { $failures ->
    [one] { $failures } неудачный запрос
    [few] { $failures } неудачных запроса
   *[many] { $failures } неудачных запросов
}
diff-nothing-before = Раньше инцидентов не было, { $incidents ->
    [0] нет их и теперь
    [one] теперь есть { $incidents } инцидент
    [few] теперь есть { $incidents } инцидента
   *[many] теперь есть { $incidents } инцидентов
}.
diff-came-again = { $trouble } — сбой повторился: { diff-failures }, раньше было { $before }. Причина та же.
diff-open-before = Причина и раньше не была установлена, поэтому нельзя сказать, устранена ли она.
diff-open-after = Запросы завершались ошибкой и после этого ({ $incident }), а причина не установлена: она может быть той же.
diff-still-killed = Запросы больше не завершаются ошибкой по причине { $trouble }, но процесс по-прежнему убивают из-за памяти: { $kills ->
    [one] { $kills } раз
    [few] { $kills } раза
   *[many] { $kills } раз
}.
diff-no-requests = В более поздних логах нет запросов, поэтому сбоить в них было нечему.
diff-too-short = { $trouble } — сбой не повторился, но более поздние логи покрывают запросы лишь за { $seen }, а раньше до сбоя проходило { $needed }: этого мало, чтобы судить.
diff-held = { $trouble } — сбой не повторился, хотя запросы шли { $seen }.
diff-held-but = { $trouble } — сбой не повторился, но пользователи столкнулись с другим инцидентом: { $cause } ({ verdict-word }), { diff-failures }.
diff-before = до
diff-after = после
diff-before-covers = до: { $covers }
diff-after-covers = после: { $covers }
diff-covers = { $name }, с { $start } по { $end }, { $requests ->
    [one] { $requests } запрос
    [few] { $requests } запроса
   *[many] { $requests } запросов
}
diff-incident = { $id } { $start }: { $cause } ({ verdict-word }), { diff-failures }
diff-again = Снова { $cause }: до — { $before }, после — { $after }
diff-the-same = Без изменений: { $names }
diff-only-before = Только до
diff-only-after = Только после
diff-col-before = До
diff-col-after = После
diff-what-verdict = вердикт
diff-what-first = первый сбой
diff-what-duration = длительность
diff-what-failed = неудачные запросы
diff-what-statuses = статусы
diff-what-worst = худшая минута
diff-what-routes = маршруты
diff-what-upstreams = апстримы
diff-what-kills = OOM kill
diff-what-victim = убитый процесс
diff-what-memory = его память
diff-what-limit = лимит памяти
diff-what-incidents = инциденты
diff-what-requests = запросы
diff-what-oom-kills = OOM kill
diff-failed-of = { $failed } из { $requests }
diff-victim-of = { $victim } ({ $unit })

## За что принят каждый файл (coroner inspect)

inspect-taken = { $format } ({ $role }), { $records ->
    [one] { $records } запись
    [few] { $records } записи
   *[many] { $records } записей
}, разобрано { $understood } %{ $unparsed ->
    [0] {""}
    [one] , не разобрана { $unparsed } строка
    [few] , не разобраны { $unparsed } строки
   *[many] , не разобрано { $unparsed } строк
}
inspect-because = основание: { $reason }
inspect-span = с { $first } по { $last }
inspect-clock = часы: { $basis } { $offset } s, ±{ $sigma } s: { $evidence }
inspect-unread = не разобрана строка { $line }: { $text }
inspect-problems = Пропущено или повреждено:
taken-snapshot = текст выглядит как вывод этой программы
taken-dmesg = строки в том виде, в каком их печатает dmesg
taken-wrapped = записи в форме { $form }
taken-requests = { $requests ->
    [one] { $requests } запрос
    [few] { $requests } запроса
   *[many] { $requests } запросов
}
taken-kernel = { $messages ->
    [one] { $messages } сообщение ядра
    [few] { $messages } сообщения ядра
   *[many] { $messages } сообщений ядра
}
taken-of-format = { $lines } в формате { $format }
taken-of-more = остальные ещё в { $formats ->
    [one] { $formats } формате
   *[many] { $formats } форматах
}
taken-nothing = строки со временем, которые не объясняет ни один формат
taken-nothing-untimed = строки без времени, которые не объясняет ни один формат

## Почему что-то не прочитано

unread-empty = пусто
unread-no-log = текст не похож ни на один известный лог (строк: { $lines }, начало: "{ $line }"), пропущен
unread-no-log-unquoted = текст не похож ни на один известный лог (строк: { $lines }), пропущен
unread-binary = двоичные данные, пропущены
unread-elf = программа ELF, пропущена
unread-jpeg = изображение JPEG, пропущено
unread-png = изображение PNG, пропущено
unread-pdf = документ PDF, пропущен
unread-binary-journal = двоичный журнал; выгрузите его командой journalctl -o export; пропущен
unread-sqlite = база данных SQLite, пропущена
unread-zip-inside = zip-архив; сначала распакуйте его; пропущен
unread-packet-capture = запись сетевых пакетов, пропущена
unread-lines = { $unparsed ->
    [one] не понята { $unparsed } строка
    [few] не поняты { $unparsed } строки
   *[many] не понято { $unparsed } строк
} из { $lines }; см. coroner inspect
unread-partial-line = последняя строка обрывается, так как файл обрезан; она не учтена
unread-entries = { $entries ->
    [one] В { $entries } месте
   *[other] В { $entries } местах
} нет целой записи этого вида; что там стояло, не прочитано
unread-long-lines = { $lines ->
    [one] { $lines } строка длиннее { $most } байт; остаток
    [few] { $lines } строки длиннее { $most } байт; остаток каждой
   *[many] { $lines } строк длиннее { $most } байт; остаток каждой
} не прочитан
unread-nul-bytes = { $bytes ->
    [one] пропущен { $bytes } нулевой байт
    [few] пропущено { $bytes } нулевых байта
   *[many] пропущено { $bytes } нулевых байт
}: такие остаются после потери питания или copytruncate
unread-large-snapshot = снимок состояния больше { $most } байт, пропущен
unread-state-dump = похоже на дамп состояния, который не удалось прочитать, пропущен
unread-events = { $events ->
    [one] { $events } событие сверх предела учтено, но не сохранено
    [few] { $events } события сверх предела учтены, но не сохранены
   *[many] { $events } событий сверх предела учтены, но не сохранены
}
unread-logs = журналов больше { $most }; наименее содержательные не сохранены (их { $logs }, среди них { $first }; --max-logs)
unread-more = { $more ->
    [one] ещё { $more } такая проблема не перечислена
    [few] ещё { $more } такие проблемы не перечислены
   *[many] ещё { $more } таких проблем не перечислено
}

unread-not-opened = не открывается: { $reason }
unread-file = файл не читается: { $reason }
unread-folder = папка не читается: { $reason }
unread-folder-rest = остальная часть папки не читается: { $reason }
unread-failed = чтение прервалось на байте { $byte }: { $reason }
unread-shrank = файл стал короче во время чтения: { $came ->
    [one] был { $came } байт
    [few] было { $came } байта
   *[many] было { $came } байт
} из { $bytes }
unread-stopped = { $reason }; остальное после байта { $byte } не прочитано
unread-time-over = { $seconds ->
    [one] прошла { $seconds } секунда чтения (--max-seconds)
    [few] прошли { $seconds } секунды чтения (--max-seconds)
   *[many] прошло { $seconds } секунд чтения (--max-seconds)
}
unread-too-many-files = файлов больше { $files }; этот и все после него не прочитаны
unread-too-many-names = в одной папке больше { $names } имён; { $dropped ->
    [one] { $dropped } последнее не прочитано
    [few] { $dropped } последних не прочитаны
   *[many] { $dropped } последних не прочитаны
}
unread-symbolic-link = символическая ссылка, переход не сделан; то, на что она ведёт, читается под своим именем, если лежит в папке
unread-hard-link = жёсткая ссылка на файл, который читается под другим именем
unread-special = не файл и не папка (канал, сокет или устройство)

unread-stream-ends = поток { $format } обрывается на сжатом байте { $byte }
unread-corrupt = поток { $format } повреждён на сжатом байте { $byte }
unread-gzip-flags = в заголовке gzip на байте { $byte } неизвестные флаги
unread-gzip-name = в заголовке gzip имя без конца
unread-rest-lost = { $what }; { $bytes ->
    [one] до этого распакован { $bytes } байт
    [few] до этого распаковано { $bytes } байта
   *[many] до этого распаковано { $bytes } байт
}, остальное потеряно
unread-trailing = { $bytes ->
    [one] { $bytes } байт после данных { $format } не похож на { $format } и не учтён
    [few] { $bytes } байта после данных { $format } не похожи на { $format } и не учтены
   *[many] { $bytes } байт после данных { $format } не похожи на { $format } и не учтены
}
unread-window = потоку { $format } для распаковки нужно { $need } MiB памяти, а осталось { $left } MiB; пережмите его с xz -6 или gzip либо сначала распакуйте
unread-wrong-sum = контрольная сумма или длина { $part } неверна: содержимое до сжатого байта { $byte } может быть неверным
unread-wrong-sums = контрольная сумма или длина { $part } и ещё { $more ->
    [one] { $more } такой части
   *[many] { $more } таких частей
} неверна: содержимое до сжатого байта { $byte } может быть неверным
unread-wrong-sum-of-member = контрольная сумма или длина { $part } неверна: содержимое может быть неверным
unread-both = { $one }; { $other }
unread-part-gzip-member = части gzip { $number }
unread-part-xz-block = блока xz { $number }
unread-part-xz-index = индекса потока xz { $number }
unread-part-zstd-frame = кадра zstd { $number }
unread-part-bzip2-stream = потока bzip2 { $number }
unread-part-bzip2-block = блока bzip2 { $number }
unread-part-zip-member = файла zip { $number }
unread-too-much = { $bytes ->
    [one] распаковано больше { $bytes } байта
   *[many] распаковано больше { $bytes } байт
}; остальное не прочитано
unread-bomb = при распаковке вырастает более чем в { $ratio } раз, как бывает только у архивных бомб; после { $bytes ->
    [one] { $bytes } байта
   *[many] { $bytes } байт
} не прочитано
unread-no-thread = не удалось запустить поток для распаковки: { $reason }; { $bytes ->
    [one] распакован { $bytes } байт
    [few] распаковано { $bytes } байта
   *[many] распаковано { $bytes } байт
}
unread-unpacking-stopped = распаковка остановилась без причины
unread-packer = упаковано { $packer }; распакуйте или упакуйте в gzip
unread-xz-filter = упаковано через фильтр xz { $filter }, а он для программ; сначала распакуйте
unread-zstd-dictionary = упаковано со словарём zstd, которого здесь нет; сначала распакуйте с zstd -D
unread-old-bzip2 = упаковано bzip2 старше 0.9.5 способом, от которого с тех пор отказались; сначала распакуйте

unread-archive-ends-in-header = архив обрывается внутри заголовка, на байте { $byte }
unread-archive-ends-in-member = архив обрывается внутри файла, на байте { $byte }
unread-archive-ends-in-content = архив обрывается внутри содержимого файла, на байте { $byte }
unread-archive-ends-in-padding = архив обрывается внутри заполнения после файла, на байте { $byte }
unread-archive-without-end = в архиве нет метки конца на байте { $byte }: если он обрезан именно там, части файлов нет
unread-archive-without-directory = архив обрывается на байте { $byte } без оглавления: возможно, части файлов нет
unread-archive-ignored = { $bytes ->
    [one] { $bytes } байт после конца архива не похож на { $format } и не учтён
    [few] { $bytes } байта после конца архива не похожи на { $format } и не учтены
   *[many] { $bytes } байт после конца архива не похожи на { $format } и не учтены
}
unread-header-lost = на байте { $byte } нет верного заголовка { $format }: { $bytes ->
    [one] пропущен { $bytes } байт
    [few] пропущено { $bytes } байта
   *[many] пропущено { $bytes } байт
} до следующего
unread-directory-count = в оглавлении { $listed ->
    [one] { $listed } файл
    [few] { $listed } файла
   *[many] { $listed } файлов
}, а найдено { $members }
unread-directory-names = имена файлов не те, что в оглавлении: некоторые из них могут быть неверны
unread-member-cut = в архиве только { $came } из его { $bytes ->
    [one] { $bytes } байта
   *[many] { $bytes } байт
}
unread-member-cut-because = в архиве только { $came } из его { $bytes ->
    [one] { $bytes } байта
   *[many] { $bytes } байт
}: { $reason }
unread-member-open = архив обрывается после { $came ->
    [one] { $came } байта
   *[many] { $came } байт
} его содержимого
unread-member-open-because = архив обрывается после { $came ->
    [one] { $came } байта
   *[many] { $came } байт
} его содержимого: { $reason }
unread-too-many-members = файлов больше { $members }; { $name } и всё после него не прочитано
unread-all-unpacked = { $bytes ->
    [one] распакован { $bytes } байт
    [few] распаковано { $bytes } байта
   *[many] распаковано { $bytes } байт
}; { $name } и всё после него не прочитано
unread-too-deep = { $layers ->
    [one] архив внутри { $layers } другого; распакуйте внешний
   *[many] архив внутри { $layers } других; распакуйте внешние
}
unread-name-cut = имя в { $bytes ->
    [one] { $bytes } байт
    [few] { $bytes } байта
   *[many] { $bytes } байт
} обрезано; предел — { $most }
unread-long-name = длинное имя в { $bytes ->
    [one] { $bytes } байт
    [few] { $bytes } байта
   *[many] { $bytes } байт
} пропущено; читается не больше { $most }
unread-long-pax = заголовок pax в { $bytes ->
    [one] { $bytes } байт
    [few] { $bytes } байта
   *[many] { $bytes } байт
} пропущен; читается не больше { $most }
unread-long-path = путь в { $bytes ->
    [one] { $bytes } байт
    [few] { $bytes } байта
   *[many] { $bytes } байт
} пропущен; читается не больше { $most }
unread-bad-pax = неверный заголовок pax перед байтом { $byte }; он не учтён
unread-sparse = записано без пустот (разреженный файл GNU), такое не читается; упакуйте снова без --sparse
unread-symbolic-link-to = символическая ссылка на { $target }; то, на что она ведёт, читается под своим именем, если оно здесь
unread-hard-link-to = жёсткая ссылка на { $target }; то, на что она ведёт, читается под своим именем, если оно здесь
unread-device = файл устройства
unread-named-pipe = именованный канал
unread-tar-type = тип tar { $type } не читается; упакуйте как обычный файл
unread-document = zip-архив документа или программы, пропущен
unread-encrypted = зашифровано; сначала распакуйте с паролем
unread-patch = исправление к другому файлу
unread-method = упаковано { $packer }; сначала распакуйте или упакуйте с deflate
unread-method-unknown = упаковано неизвестным способом; сначала распакуйте или упакуйте с deflate

unread-capsule-member = файл капсулы больше { $most } байт
unread-capsule-head = первая строка файла капсулы не читается
unread-capsule-record = capsule.json не читается: { $reason }
unread-capsule-version = у капсулы формат { $version }, а этот coroner читает { $own }; возьмите более новый
unread-capsule-lost = строки капсулы без её capsule.json, пропущены
unread-capsule-lines = { $missing ->
    [one] { $missing } из { $told } строк, давших событие, нет в капсуле или она изменена; сказанное в ней
   *[many] { $missing } из { $told } строк, давших события, нет в капсуле или они изменены; сказанное в них
} не учитывается
unread-capsule-events = { $events ->
    [one] { $events } события бандла нет в капсуле
   *[many] { $events } событий бандла нет в капсуле
}
