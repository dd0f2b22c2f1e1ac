### Les messages de coroner en français. Les règles sont dans en.ftl et src/wording/mod.rs.
### Devant un nom de service se tient « le service », pour l'accord et les contractions (messages failing-de, failing-a).

## Petites parties dont d'autres messages se servent

name = { $name }
and = { $one } et { $other }
clauses = { $one } ; { $other }
listed = { $one }, { $other }
failing = { $services ->
    [0] le backend
    [1] le service { $service }
    [2] les services { $service } et { $last }
    [3] les services { $service }, { $others } et { $last }
   *[other] les services { $service } et { $more } autres
}
failing-de = { $services ->
    [0] du backend
    [1] du service { $service }
    [2] des services { $service } et { $last }
    [3] des services { $service }, { $others } et { $last }
   *[other] des services { $service } et { $more } autres
}
failing-a = { $services ->
    [0] au backend
    [1] au service { $service }
    [2] aux services { $service } et { $last }
    [3] aux services { $service }, { $others } et { $last }
   *[other] aux services { $service } et { $more } autres
}
app-of-log = (journal { $file })
processes = { $processes ->
    [one] { $processes } processus
   *[other] { $processes } processus
}
processes-died = { $processes ->
    [one] est mort
   *[other] sont morts
}
times-many = { $times } fois

## Noms des causes

title-crash-exception = une erreur non interceptée de l'application elle-même
title-crash-segv = un signal de faute (SIGSEGV et semblables)
title-dependency-down = une base de données, un cache ou un autre service indisponible ou verrouillé
title-deploy-restart = un arrêt, un redémarrage ou un déploiement prévu
title-disk-full = un disque plein
title-health-check-kill = un arrêt par contrôle de santé (health check)
title-host-restart = un redémarrage ou une mise en pause de l'hôte
title-manual-sigkill = un processus tué par une personne ou un outil
title-memory-pressure = une mémoire si rare que tout se figeait
title-network = une panne de résolution de noms, de TLS ou de réseau
title-oom-kill-global = un processus tué parce que l'hôte n'avait plus de mémoire
title-oom-kill-memcg = un processus tué à la limite mémoire de son cgroup
title-proxy-configuration = une configuration du proxy qui ne correspond pas à son upstream
title-resource-exhaustion = une limite de connexions, de fichiers, de workers ou de file d'attente atteinte
title-runtime-heap-limit = un processus arrêté à la limite mémoire de son runtime ou de son gestionnaire
title-slow-upstream = un upstream qui répondait trop tard
title-worker-timeout = un worker arrêté par son serveur d'application faute de réponse à temps

## Pourquoi c'est tombé

best-guess = Le bundle ne dit pas pourquoi ; la meilleure hypothèse, { $guess } ({ $probability }), repose sur trop peu.
no-cause-told = Le bundle ne dit pas pourquoi.
two-sentences = { $one } { $two }
symptom-proxy = le journal du proxy montre { $shown } x { $kind ->
    [upstream-refused] « connection refused »
    [upstream-reset] « connection reset »
    [upstream-closed] connexion fermée avant la réponse
    [upstream-timeout] délai dépassé
    [upstream-socket-missing] socket absent
    [upstream-backlog-full] file d'écoute pleine
    [upstream-unreachable] pas de route
    [upstream-none-live] aucun upstream vivant
   *[other] { $words }
}{ $place-known ->
    [no] {""}
   *[yes] {" à "}{ $place }
} (d'abord { $path }:{ $line })
symptom-access = le journal d'accès contient { $shown } x { $status }{ $place-known ->
    [no] {""}
   *[yes] {" à "}{ $place }
}{ $timed ->
    [no] {""}
   *[yes] {", la plus lente après "}{ $longest }
}{ $kind ->
    [none] {""}
    [upstream-refused] : « connection refused »
    [upstream-reset] : « connection reset »
    [upstream-closed] : connexion fermée avant la réponse
    [upstream-timeout] : délai dépassé
    [upstream-socket-missing] : socket absent
    [upstream-backlog-full] : file d'écoute pleine
    [upstream-unreachable] : pas de route
    [upstream-none-live] : aucun upstream vivant
   *[other] : { $words }
} (d'abord { $path }:{ $line })
either-or = Soit { $one }, soit { $other } ; le bundle ne permet pas de trancher.

named-error = { $error-known ->
    [yes] {" "}; sa trace dit : { $error }
   *[other] {""}
}
broken-answers = { failing } { $services ->
    [0] a rencontré
    [1] a rencontré
   *[other] ont rencontré
} { times-many } une erreur interne et fermé la connexion sans répondre{ named-error }
crash-at-start = { failing } { $services ->
    [0] n'a pas pu démarrer
    [1] n'a pas pu démarrer
   *[other] n'ont pas pu démarrer
} { times-many }{ named-error }
crash-exit-status = { failing } { $services ->
    [0] s'est arrêté
    [1] s'est arrêté
   *[other] se sont arrêtés
} { times-many } avec le code de sortie { $code }, et aucune ligne comprise ne dit pourquoi
crash-exception = { failing } { $services ->
    [0] s'est arrêté
    [1] s'est arrêté
   *[other] se sont arrêtés
} { times-many } sur une erreur non interceptée{ named-error }
crash-segv = { processes } { failing-de } { processes-died } d'un signal de faute{ $place ->
    [unknown] {""}
   *[known] {" "}dans { $library }
}
dependency-down = { $known ->
    [no] une dépendance
   *[yes] { $name }
} { $state ->
    [locked] gardait des requêtes en attente d'un verrou
    [locked-full] gardait des requêtes en attente d'un verrou jusqu'à ce qu'il ne reste plus de connexion
    [unserving] ne répondait pas à ses clients
   *[down] était indisponible ou refusait ses clients
}, et { failing } { $services ->
    [0] a échoué
    [1] a échoué
   *[other] ont échoué
} { $state ->
    [locked] pour cela
    [locked-full] pour cela
   *[other] faute de cette dépendance
}
deploy-reload = { failing } { $services ->
    [0] a reçu
    [1] a reçu
   *[other] ont reçu
} l'ordre de recharger son code ou sa configuration, avec des échecs jusqu'à ce que ce soit fait
deploy-restart = { failing } { $services ->
    [0] a reçu l'ordre de s'arrêter et est resté absent
    [1] a reçu l'ordre de s'arrêter et est resté absent
   *[other] ont reçu l'ordre de s'arrêter et sont restés absents
} jusqu'au redémarrage
deploy-stopped = { failing } { $services ->
    [0] a reçu l'ordre de s'arrêter
    [1] a reçu l'ordre de s'arrêter
   *[other] ont reçu l'ordre de s'arrêter
}, et aucun journal ne montre de redémarrage
deploy-undated = une seule fois personne n'écoutait chez { failing }, et son journal, qui ne porte pas d'heure, contient un arrêt et un démarrage
deploy-too-early = le proxy a été basculé vers { failing } avant que quelqu'un n'y écoute
deploy-maintenance = le proxy a reçu l'ordre de retirer { $place } du service et n'avait pas d'autre serveur
disk-full-proxy = un disque était plein, et le proxy a échoué pour cela
disk-full = un disque était plein, et { failing } { $services ->
    [0] a échoué
    [1] a échoué
   *[other] ont échoué
} à cause de cela
health-check-kill = { failing } { $services ->
    [0] n'a pas passé son contrôle de santé et a été arrêté
    [1] n'a pas passé son contrôle de santé et a été arrêté
   *[other] n'ont pas passé leur contrôle de santé et ont été arrêtés
} pour cette raison
host-restart = l'hôte lui-même a redémarré ou a été mis en pause, et ses services avec lui
sigkill-ordered = { processes } { failing-de } { $processes ->
    [one] a été tué
   *[other] ont été tués
} sur ordre de docker ou de systemd
sigkill-commanded = { processes } { failing-de } { $processes ->
    [one] a été tué
   *[other] ont été tués
} par une commande qu'un journal nomme
sigkill-cron = { processes } { failing-de } { $processes ->
    [one] a été tué
   *[other] ont été tués
} par une tâche cron de { $user }, « { $command } »
sigkill-sysrq = { processes } { failing-de } { $processes ->
    [one] a été tué
   *[other] ont été tués
} par le noyau à la demande de quelqu'un (SysRq f) ; ce n'est pas le manque de mémoire qui l'a fait agir
sigkill-unexplained = { processes } { failing-de } { processes-died } d'un SIGKILL qu'aucun journal n'explique
sigkill-by-somebody = un processus { failing-de } est mort d'un SIGKILL, et le journal du noyau, qui couvre ce moment, ne montre aucun OOM kill de ce processus : quelqu'un ou quelque chose a envoyé le signal
sigkill-perhaps-oom = { processes } { failing-de } { processes-died } d'un SIGKILL que l'OOM killer a pu envoyer
sigkill-either = { processes } { failing-de } { processes-died } d'un SIGKILL, et le bundle ne dit pas si c'est l'OOM killer qui l'a envoyé ou quelqu'un ou quelque chose d'autre
memory-pressure = l'hôte manquait tant de mémoire que les réponses arrivaient trop tard
network-unanswered = les connexions à l'upstream restaient sans réponse : elles étaient jetées entre le proxy et lui, ou son hôte était absent
network = { $step ->
    [name] le proxy n'a pas pu résoudre le nom de son upstream{ $place-known ->
        [no] {""}
       *[yes] , { $place }
    }
    [tls] TLS entre le proxy et son upstream a échoué{ $place-known ->
        [no] {""}
       *[yes] {" "}({ $place })
    }
    [route] le proxy n'a trouvé aucune route vers son upstream{ $place-known ->
        [no] {""}
       *[yes] {" "}sur { $place }
    }
   *[several] le proxy n'a pas pu résoudre le nom de son upstream, le joindre par le réseau ou valider son certificat
}
oom-kill = l'OOM killer du noyau a tué { $victim }{ $owner-known ->
    [no] {""}
   *[yes] {" "}({ $owner })
}{ $times ->
    [1] {""}
   *[other] {" "}{ times-many }
} parce que { $limited ->
    [known] son cgroup a atteint sa limite de { $limit }
    [unknown] son cgroup a atteint sa limite mémoire
   *[host] l'hôte n'avait plus de mémoire
}{ $hog-told ->
    [no] {""}
   *[yes] {" "}; le plus gros consommateur de mémoire était { $hog }
}{ $dependency ->
    [no] {""}
   *[yes] , et { failing } { $services ->
        [0] a échoué
        [1] a échoué
       *[other] ont échoué
    } faute de { $victim }
}
oom-killed-as-told = un processus { failing-de } a été tué par l'OOM killer, d'après { $witness ->
    [runtime] le moteur de conteneurs
   *[systemd] systemd
}
oom-killed-as-inspected = { processes } { failing-de } { processes-died }{ $signal ->
    [kill] {" "}d'un SIGKILL
   *[unknown] {""}
}, et docker inspect indique OOMKilled
oom-kill-userspace = { $killer-known ->
    [no] un OOM killer en espace utilisateur
   *[yes] { $killer }
} a tué { $victim-known ->
    [no] un processus
   *[yes] { $victim }
} parce que l'hôte manquait de mémoire
proxy-tls-to-plain = le proxy parle TLS à un upstream qui parle HTTP en clair{ $place-known ->
    [no] {""}
   *[yes] {" "}({ $place })
}
proxy-socket-forbidden = le proxy n'a pas le droit d'ouvrir le socket de son upstream{ $place-known ->
    [no] {""}
   *[yes] , { $place }
} (permission refusée)
proxy-port-forbidden = le proxy n'a pas le droit de se connecter à son upstream{ $place-known ->
    [no] {""}
   *[yes] {" "}sur { $place }
} (permission refusée)
proxy-header-too-big = l'en-tête des réponses de l'upstream dépassait le tampon que le proxy lui réserve{ $place-known ->
    [no] {""}
   *[yes] {" "}({ $place })
}
proxy-no-resolver = le proxy doit résoudre { $name } à chaque requête, et aucun serveur de noms n'est configuré pour cela (resolver)
proxy-no-url = ce vers quoi le proxy devait transmettre les requêtes n'était pas une URL (« { $name } »), et il n'a interrogé personne
proxy-answer-refused = le proxy a rejeté les réponses de son upstream{ $place-known ->
    [no] {""}
   *[yes] {" "}({ $place })
}, non valides à ses yeux{ $reason-known ->
    [no] {""}
   *[yes] {" "}(« { $reason } »)
}
socket-missing = { $place-known ->
    [no] le socket de l'upstream
   *[yes] le socket { $place }
}, où le proxy cherche l'application, n'existe pas{ $elsewhere ->
    [no] {""}
   *[yes] , alors qu'elle écoute sur { $listens }
}
nothing-listens = rien n'écoute sur { $place-known ->
    [no] l'adresse de l'upstream
   *[yes] { $place }
}, là où le proxy cherche l'application{ $elsewhere ->
    [no] {""}
   *[yes] , alors qu'elle écoute sur { $listens }
}
request-errors = { failing } { $services ->
    [0] a répondu
    [1] a répondu
   *[other] ont répondu
} { times-many } par une erreur interne{ named-error }
resource-exhaustion = { $what ->
    [throttle] le proxy a refusé des requêtes par une limite qui lui était fixée (limit_req, limit_conn)
    [backlog] la file de connexions (listen backlog) était pleine
    [proxy] le proxy n'avait plus de connexions, de ports ou de descripteurs de fichiers
    [workers] tous les workers étaient occupés et leur nombre maximal atteint
    [queue] la file d'écoute (listen queue) était pleine
    [files] les descripteurs de fichiers étaient épuisés
    [conntrack] la table de suivi des connexions était pleine
    [clients] les connexions à une dépendance étaient épuisées
   *[system] une limite du système a été atteinte
}{ $what ->
    [throttle] {""}
    [proxy] {""}
   *[other] {" ; "}cela a touché { failing }
}{ $surge ->
    [no] {""}
   *[yes] , alors que les requêtes arrivaient { $rate } fois plus vite qu'avant
}
pool-used-up = { failing } : son propre pool de connexions est épuisé, « { $limit } »
runtime-heap-limit = { failing } { $services ->
    [0] a atteint
    [1] a atteint
   *[other] ont atteint
} { times-many } { $runtime ->
    [node] la limite du heap de Node.js
    [jvm] la limite du heap de la JVM
    [php] le memory_limit de PHP
    [manager] la limite mémoire du gestionnaire de processus
   *[other] une limite mémoire de son propre runtime ou gestionnaire de processus
}
slow-upstream = { failing } { $services ->
    [0] a répondu
    [1] a répondu
   *[other] ont répondu
} plus tard que le proxy n'attend{ $routes ->
    [many] {""}
   *[one] , toujours sur la même route
}{ $why ->
    [disk] , alors qu'un disque ou un serveur de fichiers ne répondait pas à temps
    [processors] , alors que des processeurs d'un hôte étaient bloqués
    [workers] , alors que son serveur signalait trop peu de workers libres
   *[untold] , et aucun journal du bundle ne dit pourquoi
}
worker-timeout = le serveur d'application ({ failing }) a abandonné et arrêté { $workers ->
    [one] { $workers } worker qui ne répondait pas à temps
   *[other] { $workers } workers qui ne répondaient pas à temps
}

## Ce qui aurait pu le dire et manque

unseen-app-log = le journal de l'application de ce moment
unseen-dependency-log = le journal de la dépendance elle-même
unseen-kernel-log = le journal du noyau
unseen-wait = ce que les workers attendaient

## Que faire

advice-recycle = Redémarrer ou recycler { failing } avant l'âge de { $age } : il s'est arrêté { times-many } à intervalle régulier, au plus tôt { $age } après { $since ->
    [start] un démarrage
   *[end] l'arrêt précédent
} ; ce qui le remplit reviendra, et plus de mémoire ne fait que repousser l'arrêt suivant
advice-stop-growth = Réduire la charge qui remplit la mémoire { failing-de } (moins de requêtes à la fois, ou aucune de la route en cause) : il s'est arrêté { times-many }, dès { $age } après { $since ->
    [start] un démarrage
   *[end] l'arrêt précédent
}, trop vite pour qu'un recyclage aide
advice-recycle-workers-at = Recycler les workers { failing-de } avant l'âge de { $age } (max_requests, un seuil de mémoire) : { $times } ont été tués pour leur mémoire, le plus jeune { $age } après son démarrage ; ce qui les remplit reviendra, et plus de mémoire ne fait que repousser l'arrêt suivant
advice-read-last-lines = Lire ce qu'a écrit { failing } juste avant chaque fin (journalctl -u, docker logs, les journaux de son gestionnaire de processus) ; revenir en arrière si un déploiement a précédé
advice-read-trace = Lire la trace dans le journal { failing-de } ; revenir en arrière si un déploiement a précédé
advice-catch-error = Intercepter l'erreur là où elle naît, et laisser échouer une requête plutôt que le processus
advice-start-now = Démarrer { failing } maintenant : arrêt à { $time }, et aucun journal ne montre de démarrage ensuite
advice-keep-crashers-away = Écarter les requêtes qui font tomber { failing }, ou revenir sur sa dernière mise à jour de code natif{ $place ->
    [unknown] {""}
   *[known] {" "}dans { $library }
}
advice-core-dump = Prendre un core dump (coredumpctl, ulimit -c) et transmettre sa backtrace aux mainteneurs de la bibliothèque
advice-sanitizer = Tester les extensions natives avec des entrées hostiles sous un sanitizer
advice-lock-holder = { $told ->
    [no] Trouver qui tient le verrou (pg_stat_activity, pg_blocking_pids) et mettre fin à sa session s'il le tient encore
   *[yes] Le processus { $holder } de la base de données tenait le verrou : voir ce qu'il exécute (pg_stat_activity where pid = { $holder }), et y mettre fin (pg_terminate_backend) s'il le tient encore
}
advice-lock-released = La requête du processus { $holder }, qui avait duré { $length }, s'est terminée à { $time } : chercher qui l'a lancée (elle est dans la ligne citée), et vérifier que les connexions qui attendaient sont de nouveau libres (pg_stat_activity)
advice-dependency-runs = Vérifier que la dépendance tourne et répond, puis que ses clients se sont reconnectés
advice-statement-timeout = Donner aux instructions SQL { failing-de } un délai plus court que celui du proxy (statement_timeout, lock_timeout), pour que l'attente d'un verrou n'arrête qu'une requête et libère son worker
advice-retry-dependency = Donner { failing-a } des timeouts et une nouvelle tentative vers sa dépendance, pour qu'une connexion perdue n'arrête pas le processus
advice-lock-timeout = Exécuter les migrations avec lock_timeout, et redémarrer les bases dans des fenêtres annoncées
advice-planned = Rien, si le redémarrage était prévu : le service est revenu
advice-restart-without-gap = Redémarrer { failing } sans interruption : garder le socket d'écoute ouvert (activation par socket de systemd, reload) ou démarrer d'abord la nouvelle instance
advice-maintenance = Rien, si c'était prévu ; sinon trouver qui a donné l'ordre : la socket d'administration, la page web du proxy ou un script de déploiement
advice-switch-when-ready = Ne basculer le proxy vers { failing } qu'une fois sa sonde en succès, et n'arrêter l'ancienne instance qu'ensuite
advice-free-space = Libérer de l'espace sur le disque plein (df -h, df -i, du -x --max-depth=2), puis redémarrer ce qui ne revient pas seul
advice-what-filled-it = Trouver ce qui l'a rempli : téléversements, journaux sans rotation, fichiers temporaires
advice-alert-space = Alerter à 80 % de l'espace et des inodes, et laisser l'application répondre 507 plutôt que mourir
advice-why-no-answer = Chercher pourquoi { failing } ne répondait pas à son contrôle
advice-patient-check = Rendre le contrôle patient et léger : une route à lui, plus d'essais, une période de démarrage
advice-all-back = Vérifier que tous les services sont revenus (systemctl --failed, docker ps)
advice-why-restarted = Chercher pourquoi il a redémarré : last -x, les événements de l'hébergeur, les lignes de panic du démarrage précédent (journalctl -b -1 -e)
advice-proxy-after-app = Démarrer le proxy après l'application (After=), ou le laisser répondre 503 avec Retry-After tant qu'elle n'est pas prête
advice-runs-again = Vérifier que { failing } { $services ->
    [0] tourne
    [1] tourne
   *[other] tournent
} de nouveau
advice-who-sent = Demander qui ou quoi a envoyé SIGKILL : historique du shell, journaux sudo et audit, tâches cron, supervision qui redémarre
advice-find-sender = Chercher qui ou quoi envoie SIGKILL (historique du shell, journaux sudo et audit, tâches cron, supervision qui redémarre) : { $times } kills { failing-de }, et un simple démarrage ne tient que jusqu'au suivant
advice-cron-job = Retirer ou corriger la tâche cron de { $user } (crontab -l, /etc/cron.d) : elle lance « { $command } »{ $times ->
    [1] {", à "}{ $first }
   *[other] {", "}{ $times } fois de { $first } à { $last }, et elle reviendra
}
advice-record-signals = Enregistrer les signaux : auditctl -a always,exit -F arch=b64 -S kill -F a1=9
advice-look-at-pressure = Regarder /proc/pressure/memory et les plus gros processus (ps --sort=-rss), et arrêter ce qui est inutile
advice-working-set = Donner à l'hôte ou au conteneur la mémoire de son working set, page cache compris
advice-alert-psi = Alerter sur la pression mémoire (PSI) et pas seulement sur l'utilisation
advice-network-steps = Depuis l'hôte du proxy : résoudre le nom de l'upstream, joindre son port (nc -vz) et essayer son certificat (openssl s_client)
advice-resolve = Depuis l'hôte du proxy : résoudre le nom de l'upstream (getent ahosts, et dig auprès du serveur de noms que le proxy interroge), et vérifier que ce serveur répond
advice-define-resolver = Donner à nginx une directive resolver : sans elle, il n'interroge aucun serveur de noms pour un nom qui se trouve dans une variable (proxy_pass avec une variable)
advice-handshake = Depuis l'hôte du proxy : essayer le handshake avec l'upstream (openssl s_client -connect { $place-known ->
    [no] HOST:PORT
   *[yes] { $place }
} -servername NAME montre protocole, certificat et alerte), voir s'il parle plutôt HTTP en clair (curl -v http://{ $place-known ->
    [no] HOST:PORT
   *[yes] { $place }
}/), et comparer avec proxy_pass, proxy_ssl_protocols et proxy_ssl_server_name
advice-route = Depuis l'hôte du proxy : trouver le chemin vers l'upstream (ip route get, ping) et joindre son port (nc -vz) ; vérifier que son hôte ou conteneur tourne et porte l'adresse que le proxy demande
advice-watch-certificates = Alerter avant l'expiration des certificats des upstreams, et essayer le handshake après chaque mise à jour d'un des deux côtés
advice-resolver = Donner à nginx un resolver avec un valid= court, ou le recharger quand les adresses changent
advice-raise-limit-above = Relever la limite mémoire { failing-de } au-dessus de { $limit }{ $alone ->
    [store] , ou borner ce qu'il garde en mémoire (maxmemory, shared_buffers, work_mem, connexions) : la victime tenait { $held }
    [yes] {" "}: une seule victime tenait { $held }, et moins de workers n'y changerait rien
   *[no] , ou lancer moins de workers : une seule victime tenait { $held }
}
advice-raise-limit = Relever la limite mémoire { failing-de }, ou lancer moins de workers
advice-oom-policy = Mettre OOMPolicy=continue dans { $unit } si le reste peut continuer : le noyau a tué un processus, et systemd a arrêté toute l'unité pour cela (OOMPolicy=stop, par défaut)
advice-what-route-allocates = Chercher ce qu'alloue { $route } : au moins la moitié des requêtes en échec étaient de cette route
advice-recycle-workers = Alerter quand memory.current approche de memory.max ; si la mémoire croît au fil des requêtes, recycler le processus avant la limite (max_requests, un seuil de mémoire), et si une seule requête la remplit, borner cette requête
advice-free-memory = Vérifier que { $services ->
    [0] tout ce qui a été tué tourne
    [1] { failing } tourne
   *[other] { failing } tournent
} de nouveau, et chercher ce qui a rempli la mémoire{ $told ->
    [no] {""}
   *[yes] {" "}: { $holders }
}
advice-own-limit = Donner une limite propre (MemoryMax=, --memory) ou moins de processus à { $hog-known ->
    [no] ce qui en tient la plus grande part
   *[yes] { $hog }
}, pour que lui soit tué et non ses voisins
advice-protect = Alerter sur la mémoire disponible ; protéger { failing } par MemoryMin= ou OOMScoreAdjust=
advice-compare-listeners = Comparer proxy_pass et upstream de nginx -T avec ce qui écoute (ss -ltnp, ss -lxp), et recharger nginx quand ils concordent
advice-socket-permission = Permettre à l'utilisateur du proxy d'ouvrir le socket : regarder son propriétaire, son mode et les dossiers au-dessus (ls -l, namei -l{ $place-known ->
    [no] {""}
   *[yes] {" "}{ $place }
}), régler listen.owner, listen.group et listen.mode de php-fpm ou le mode du socket dans le serveur d'application, et sous SELinux chercher le refus (ausearch -m avc -ts today)
advice-port-permission = Permettre au proxy de se connecter{ $place-known ->
    [no] {""}
   *[yes] {" "}à { $place }
} : sous SELinux, le refus est dans le journal d'audit (ausearch -m avc -ts today) et setsebool -P httpd_can_network_connect 1 l'autorise ; sinon chercher une règle de pare-feu de l'hôte lui-même
advice-header-buffer = Porter proxy_buffer_size et proxy_buffers (fastcgi_buffer_size, uwsgi_buffer_size) au-dessus de l'en-tête des réponses en échec, ou réduire celui-ci : demander la route en échec à l'upstream (curl -s -o /dev/null -D -) et voir quelle ligne est longue, souvent Set-Cookie
advice-small-header = Garder hors de l'en-tête ce qui grossit : sessions dans un stockage plutôt que dans des cookies, lignes Set-Cookie rares et courtes
advice-add-resolver = Donner à nginx un resolver dans ce bloc server ou http (les serveurs de noms de /etc/resolv.conf), ou nommer l'upstream dans un bloc upstream, résolu au démarrage
advice-url-variable = Trouver la variable dans le proxy_pass de la location en échec et lui donner une valeur pour chaque requête : schéma, hôte et port
advice-ask-upstream = Demander une route en échec à l'upstream lui-même (curl -vi http://{ $place-known ->
    [no] HOST:PORT
   *[yes] { $place }
}/) et corriger ce que nomme la ligne citée : un autre protocole que celui de proxy_pass, ou un en-tête non valide ou en double
advice-tls-scheme = Interroger l'upstream des deux façons depuis l'hôte du proxy (curl -v http://{ $place-known ->
    [no] HOST:PORT
   *[yes] { $place }
}/, openssl s_client -connect { $place-known ->
    [no] HOST:PORT
   *[yes] { $place }
}), et donner à proxy_pass le schéma auquel il répond
advice-socket-made = Vérifier que l'application tourne et quels sockets existent (ss -lxp), et donner le même chemin au proxy et à l'application ; un socket dans le /tmp d'une unité avec PrivateTmp=, ou dans un dossier que rien ne crée au démarrage (RuntimeDirectory=), n'existe pas pour le proxy
advice-test-configuration = Tester la configuration contre l'application qui tourne lors du déploiement (nginx -t ne se connecte pas)
advice-throttle = Voir qui la limite a refusé (adresses des clients dans les lignes citées) : relever son rate ou son burst si c'étaient des utilisateurs, la garder sinon
advice-proxy-limit = Relever la limite du proxy que la ligne nomme (worker_rlimit_nofile, LimitNOFILE, worker_connections, ports par keepalive vers l'upstream) et le recharger
advice-open-files = Relever LimitNOFILE pour { failing } et redémarrer, puis chercher ce qui reste ouvert (lsof -p)
advice-store-clients = Borner les pools de connexions sous la limite atteinte et fermer les connexions inactives ; plus de workers en ouvriraient davantage
advice-pool = Chercher ce qui retient longtemps les connexions { failing-de } : requêtes lentes, transactions laissées ouvertes (pg_stat_activity : state, query_start), connexions jamais rendues ; n'agrandir le pool qu'ensuite, et sous ce que la base accepte
advice-system-limit = Relever la limite que la ligne nomme (sysctl, TasksMax, pids.max), et chercher qui l'épuise
advice-watch-limit = Compter ce qui a été épuisé, par processus et chaque minute, jusqu'à savoir ce qui le fait croître
advice-shed-load = Délester ou répartir la charge, ou ajouter des workers { failing-a }
advice-raise-met-limit = Relever la limite atteinte (listen backlog et net.core.somaxconn, worker_connections, LimitNOFILE, max_children) après avoir regardé ce qu'une unité de plus coûte en mémoire
advice-limit-rate = Limiter le débit des requêtes au proxy, et alerter sur la longueur des files et les descripteurs ouverts
advice-raise-heap = Relever { $runtime ->
    [node] la limite du heap de Node (--max-old-space-size)
    [jvm] le heap de la JVM (-Xmx, -XX:MaxRAMPercentage)
    [php] le memory_limit de PHP
    [manager] la limite mémoire du gestionnaire de processus (max_memory_restart)
   *[other] la limite du runtime (--max-old-space-size, -Xmx, memory_limit, max_memory_restart)
} { failing-de }, si l'hôte a la mémoire
advice-what-fills-heap = Trouver la requête qui remplit le heap : traiter en flux les gros téléversements et exports au lieu de les garder
advice-alert-heap = Alerter sur l'usage du heap, et plafonner la taille des corps de requête au proxy (client_max_body_size)
advice-dump-workers = Si cela bloque encore, faire un dump des workers { failing-de } (py-spy dump, jstack, gdb) et des attentes de verrou de la base
advice-log-durations = Journaliser la durée de chaque appel sortant, et les requêtes lentes dans la base
advice-outgoing-timeouts = Fixer les timeouts des appels sortants en dessous du read timeout du proxy
advice-what-workers-wait-for = Trouver ce qu'attendent les workers { failing-de } : faire un dump d'un worker bloqué (py-spy dump --pid, gdb) ou examiner la route lente
advice-call-timeouts = Fixer un timeout à chaque appel sortant, plus court que celui du serveur d'application
advice-slow-routes-apart = Garder les routes lentes sur des workers à elles
advice-suspect = Regarder d'abord { $route }, en cours { suspect-moments } : { $remedy ->
    [body] écrire son corps sur disque ou dans un stockage objet à mesure qu'il arrive au lieu de le garder, et plafonner sa taille au proxy
    [wait] voir ce qu'une telle requête attend, et borner cette attente (un timeout sur ses appels, une limite à son travail)
   *[bound] voir ce qu'une telle requête fait garder à l'application, et le borner (pagination, flux, limite de taille)
}

## Comment voir que cela a marché

verify-no-end = plus d'arrêt dans son journal
verify-recycle = plus d'arrêt au-delà de cet âge ; la mémoire résidente reste sous la limite dans le temps
verify-restart-counter = le compteur de redémarrages n'avance plus
verify-same-input = un test avec la même entrée donne un 4xx ou un 5xx et aucun redémarrage
verify-no-fault-line = plus de ligne de faute dans le journal du noyau
verify-backtrace = la backtrace nomme une fonction
verify-input-is-test = l'entrée fatale est devenue un test
verify-no-lock-wait = aucune requête n'attend dans pg_stat_activity
verify-query = une requête depuis l'hôte de l'application réussit
verify-lock-in-test = un verrou tenu dans un test donne des erreurs rapides et aucun 504
verify-store-restart = dans un test, l'application survit à un redémarrage de la base
verify-migration-fails = une migration qui rencontre un verrou échoue elle-même, et non ses lecteurs
verify-listening-answers = son journal le montre à l'écoute, et les réponses réussissent
verify-restart-under-load = un redémarrage sous charge ne donne aucun 502
verify-df = df montre de la place, et les écritures réussissent
verify-growth = sa croissance par jour est connue
verify-alert = une alerte se déclenche dans un test
verify-check-under-load = le contrôle réussit sous charge
verify-slow-minute = une minute lente ne provoque aucun redémarrage
verify-none-missing = aucun ne manque
verify-reason = une raison
verify-reboot = un redémarrage de test ne donne aucun 502
verify-listening = son journal le montre à l'écoute
verify-name = un nom
verify-ausearch = ausearch -sc kill montre un signal de test
verify-pressure-falls = la pression retombe à zéro
verify-major-faults = les défauts de page majeurs par seconde restent rares sous charge
verify-each-step = chaque étape réussit
verify-address-change = un changement d'adresse ne donne aucun 502
verify-memory-events = memory.events du cgroup : oom_kill n'augmente plus
verify-oom-policy = systemctl show -p OOMPolicy { $unit }
verify-no-kill = plus d'OOM kill dans le journal du noyau
verify-worker-memory = mémoire résidente d'un worker avant et après une telle requête
verify-alert-before-kill = une alerte se déclenche dans un test avant que le noyau ne tue
verify-free = free -m ; systemctl --failed
verify-memory-max = systemctl show -p MemoryMax ; docker inspect
verify-through-proxy = une requête à travers le proxy réussit
verify-wrong-port = un mauvais port fait échouer le déploiement
verify-header-size = l'en-tête de la plus grande réponse est plus petit que le tampon
verify-failing-deploy = un déploiement dont le proxy ne peut pas joindre l'application échoue
verify-no-such-line = plus de telle ligne, et les réponses réussissent
verify-load-test = un test de charge au débit du pic ne donne aucune erreur
verify-no-limit-line = plus de ligne de limite dans son journal
verify-flat-heap = le heap reste stable pendant une telle requête
verify-alert-before-limit = une alerte se déclenche dans un test avant la limite
verify-dump = le dump nomme ce qui est attendu
verify-slow-reason = la prochaine minute lente nomme sa raison dans un journal
verify-own-error = une dépendance lente donne sa propre erreur avant le 504
verify-no-timeout-line = plus de ligne de timeout dans son journal
verify-hanging-partner = un partenaire bloqué donne une réponse lente et aucun worker mort
verify-other-routes = les autres routes répondent pendant que l'une est bloquée
verify-suspect = mémoire résidente d'un worker avant, pendant et après une telle requête

## Suspect, mais pas la cause

ruled-out-kill = { $whose ->
    [cgroup] la victime { $victim } appartient au cgroup { $cgroup }, et pas { failing-a }
    [process] la victime { $victim } appartient à un autre processus, et pas { failing-a }
    [own] la victime { $victim } est { failing-de }, mais sa fin explique peu des échecs
   *[unknown] rien ne relie la victime { $victim } { failing-a }
} ; c'était { $when ->
    [before] { $apart } avant le premier échec
    [after] { $apart } après le dernier échec
   *[amid] à { $time }, { $apart } après le premier échec
}
ruled-out-kills = { $whose ->
    [cgroup] les { $kills } victimes { $victim } appartiennent au cgroup { $cgroup }, et pas { failing-a }
    [process] les { $kills } victimes { $victim } appartiennent à d'autres processus, et pas { failing-a }
    [own] les { $kills } victimes { $victim } sont { failing-de }, mais leur fin explique peu des échecs
   *[unknown] rien ne relie les { $kills } victimes { $victim } { failing-a }
} ; c'était { $when ->
    [before] { interval } avant le premier échec
    [after] { interval } après le dernier échec
   *[amid] { interval } après le premier échec
}
ruled-out-words = { $lower }gunicorn écrit « Perhaps out of memory? » à chaque SIGKILL, y compris le sien après un timeout ; ces mots ne prouvent rien

## La chaîne, de la cause aux utilisateurs

answers-of = { $count ->
    [one] { $answers } réponse { $status }
   *[other] { $answers } réponses { $status }
}
chain-users-met = les clients ont reçu { $answers }{ $own-told ->
    [no] {""}
   *[yes] {" "}; dans le même temps, l'application elle-même a donné { $own }
}
chain-proxy-met = le proxy a reçu { $answers } ; sans access log, personne ne sait ce que les utilisateurs en ont vu{ $own-told ->
    [no] {""}
   *[yes] {" "}; dans le même temps, l'application elle-même a donné { $own }
}
chain-oom-kill = le noyau a tué { $victim } (pid { $pid }), car { $limited ->
    [known] son cgroup était à sa limite de { $limit }
    [unknown] son cgroup était à sa limite mémoire
    [sysrq] quelqu'un le lui a demandé (SysRq f)
   *[host] l'hôte n'avait plus de mémoire
}{ $times ->
    [1] {""}
   *[other] {" "}; c'était le premier de { $times }
}
chain-worker-signaled = le serveur d'application a vu le worker { $worker } finir sur le signal { $signal }
chain-worker-timeout = le worker { $worker } n'a pas répondu à temps et a été abandonné
chain-upstream-refused = les connexions du proxy à l'upstream étaient refusées
chain-upstream-reset = l'upstream a réinitialisé la connexion du proxy
chain-upstream-closed = l'upstream a fermé la connexion avant de répondre
chain-upstream-timeout = l'upstream n'a pas répondu au proxy à temps
chain-upstream-backlog-full = la file de connexions de l'upstream était pleine
chain-upstream-socket-missing = le socket de l'upstream n'existait pas
chain-upstream-truncated = une réponse s'est interrompue en cours d'envoi
chain-app-stopping = le serveur d'application a reçu l'ordre de s'arrêter
chain-app-listening = le serveur d'application écoutait de nouveau
chain-heap-limit = le runtime a atteint la limite de son heap et a abandonné{ $times ->
    [1] {""}
   *[other] , la première de { $times } fois
}
chain-failed-before = { $count ->
    [one] { $failed } requête avait déjà échoué, à { $time }, { $apart } avant l'étape suivante
   *[other] { $failed } requêtes avaient déjà échoué, à partir de { $time }, { $apart } avant l'étape suivante
}{ $why ->
    [stall] {" "}: près de sa limite mémoire, un hôte ou un cgroup se fige avant que le noyau ne tue
   *[none] {""}
}
chain-back = { failing } { $what ->
    [ready] acceptait de nouveau des clients
   *[listening] écoutait de nouveau
} à { $time }
chain-down = plus rien de { failing } n'apparaît après { $time } : aucun journal ne montre de démarrage
chain-unit-oom-stopped = { $lower }systemd a arrêté pour cela le reste de { $unit }, comme le veut OOMPolicy=stop
chain-disk-full = une écriture a échoué : plus d'espace
chain-segfault = le noyau a vu { $process } toucher une mémoire qui n'est pas la sienne
chain-container-died = le conteneur { $container } s'est terminé avec le code { $code }
chain-container-killed = le conteneur { $container } a reçu le signal { $signal }
chain-container-oom = le moteur de conteneurs a vu un événement OOM dans { $container }
chain-store-lock-wait = une requête attendait un verrou dans la base de données
chain-lock-held = une requête attendait un verrou dans la base de données, tenu par son processus { $holder }
chain-lock-released = la requête du processus { $holder } s'est terminée à { $time }, après { $length }
chain-dependency-lost = l'application a perdu ou n'a pas pu joindre { $known ->
    [no] une dépendance
   *[yes] { $store }
}
chain-other = { $kind ->
    [container-started] conteneur démarré
    [container-stopped] conteneur arrêté
    [container-stop-forced] conteneur arrêté de force
    [container-unhealthy] conteneur en mauvaise santé
    [container-destroyed] conteneur supprimé
    [container-created] conteneur créé
    [container-state] état d'un conteneur
    [app-started] serveur d'application démarré
    [app-boot-failed] l'application n'a pas pu démarrer
    [unit-started] unité systemd démarrée
    [unit-failed] unité systemd en échec
    [worker-booted] worker démarré
    [kernel-boot] démarrage de l'hôte
    [host-shutdown] arrêt de l'hôte
    [host-suspend] mise en veille de l'hôte
    [uncaught-exception] exception non interceptée
    [proxy-lifecycle] proxy démarré, arrêté ou rechargé
    [dependency-exhausted] la dépendance n'avait plus de connexion pour l'application
    [dependency-timeout] l'application a attendu trop longtemps une dépendance
    [dependency-unresolved] l'application n'a pas pu résoudre le nom d'une dépendance
    [store-crashed] la base ou le cache a planté
    [store-disk-full] la base ou le cache n'avait plus de place sur son disque
    [store-out-of-memory] la base ou le cache a manqué de mémoire
    [store-refusing] la base ou le cache a refusé des clients
    [store-stopping] la base ou le cache a reçu l'ordre de s'arrêter
    [store-too-many-clients] la base a refusé des clients, car elle en avait trop
    [proxy-limit] le proxy a atteint une de ses propres limites
    [proxy-disk-full] le proxy n'avait plus de place sur son disque
    [proxy-configuration] la configuration du proxy ne convenait pas
    [oom-invoked] le noyau a cherché un processus à tuer pour libérer de la mémoire
    [hung-task] le noyau a vu une tâche bloquée
    [page-allocation-failure] le noyau n'a pas pu obtenir une page de mémoire
    [disk-error] un disque ou son système de fichiers a eu une erreur
    [conntrack-full] la table de suivi des connexions du noyau était pleine
    [kernel-limit] une limite du noyau a été atteinte
    [upstream-unreachable] le proxy n'a trouvé aucune route vers l'upstream
    [upstream-forbidden] le proxy n'a pas eu le droit de se connecter à l'upstream
    [upstream-none-live] le proxy comptait tous ses upstreams comme en échec
    [upstream-bad-answer] le proxy a rejeté la réponse de l'upstream
    [upstream-unresolved] le proxy n'a pas pu résoudre le nom de l'upstream
    [upstream-tls] TLS entre le proxy et l'upstream a échoué
    [check-failed] un contrôle de santé du proxy a compté un serveur comme hors service
    [check-passed] un contrôle de santé du proxy a retrouvé un serveur en état
    [proxy-worker-died] un worker du proxy est mort d'un signal
    [proxy-throttled] le proxy a écarté des requêtes selon ses propres règles
    [upload-buffered] le proxy a mis sur disque un gros corps de requête
    [app-stopped] le serveur d'application s'est arrêté comme demandé
    [app-reloaded] le serveur d'application s'est rechargé comme demandé
    [worker-exited] un worker s'est terminé
    [master-gone] un worker n'a plus trouvé son master
    [workers-exhausted] tous les workers étaient occupés, ou la limite de leur nombre était atteinte
    [listen-queue-full] la file d'attente du serveur d'application était pleine
    [memory-limit] une requête a atteint la limite de mémoire du runtime
    [watcher-alarm] un surveillant l'a trouvé en défaut et l'a fait redémarrer
    [manager-memory-limit] le gestionnaire de processus a arrêté un processus pour sa mémoire
    [request-error] l'application a échoué sur une requête avec une erreur à elle
    [error-named] la trace de l'app nomme l'erreur
    [program-started] le gestionnaire de processus a démarré le programme
    [program-stopped] le gestionnaire de processus a arrêté le programme sur ordre
    [program-gave-up] le gestionnaire de processus a renoncé à démarrer le programme
    [open-files-exhausted] l'application n'avait plus de descripteurs de fichiers
    [store-started] la base ou le cache a démarré
    [store-ready] la base ou le cache a de nouveau accepté des clients
    [store-slow] une requête de la base a été lente ou a dépassé son délai
    [unit-starting] systemd a commencé à démarrer une unité
    [unit-stopped] systemd a arrêté une unité
    [unit-reloaded] systemd a rechargé une unité
    [unit-oom-killed] systemd a vu l'OOM killer tuer un processus d'une unité
    [unit-restart-scheduled] systemd a prévu de redémarrer une unité
    [unit-signal-sent] un opérateur a envoyé un signal à une unité
    [unit-stop-timeout] une unité ne s'est pas arrêtée à temps, et systemd l'a tuée
    [unit-watchdog] une unité n'a pas répondu au watchdog de systemd
    [core-dumped] un core dump a été pris
    [userspace-oom-kill] un tueur en espace utilisateur a tué un processus pour la mémoire
    [userspace-kill-failed] un tueur en espace utilisateur n'a pas obtenu la fin d'un processus
    [clock-step] l'horloge a été réglée
    [operator-command] un opérateur a lancé une commande
    [deploy] des paquets ont été installés ou un déploiement a eu lieu
    [log-loss] un démon de journalisation a perdu des lignes
   *[other] événement « { $words } »
}
chain-kernel-limit = une limite du noyau a été atteinte : { $limit }
chain-pool-used-up = aucune connexion du propre pool de l'application n'a été libre à temps
chain-operator-command = { $user-known ->
    [no] un opérateur
   *[yes] { $user }
} a lancé « { $command } »
chain-cron-command = cron a lancé une tâche{ $user-known ->
    [no] {""}
   *[yes] {" "}de { $user }
} : « { $command } »
chain-program-exited = le gestionnaire de processus a vu { $program } se terminer{ $told ->
    [signal] {" "}par le signal { $signal }
    [code] {" "}avec le code de sortie { $code }
   *[nothing] {""}
}
chain-unit-stopping = { $lower }systemd a reçu l'ordre d'arrêter { $unit }
chain-unit-process-exited = { $lower }systemd a vu le processus principal de { $unit } se terminer ({ $code }, { $status })

## Ce qui a été cherché

claim-no-kill-around = aucun OOM kill d'un service touché, ni de ce dont il dépend, autour de { $incident }
claim-no-kill = aucun OOM kill dans toute la période
claim-no-burst = aucune rafale de réponses en échec
claim-ends-explained = chaque fin de processus est expliquée
kernel-covers = { $path } couvre l'incident
kernel-ring-covers = { $path } contient ce que le noyau a écrit de { $time } jusqu'à la lecture du tampon
kernel-no-kill = { $path } contient des messages du noyau et aucun OOM kill
kernel-none = aucun journal du bundle ne contient de message du noyau
kernel-kills = { $kills } dans le journal du noyau
access-no-burst = { $failed ->
    [0] { $path } ne contient aucune réponse en échec
    [one] { $path } contient { $failed } réponse en échec, hors de toute rafale
   *[other] { $path } contient { $failed } réponses en échec, hors de toute rafale
}
proxy-unserved = { $path }:{ $line } (lignes de ce genre : { $count }) dit que le proxy n'a pas pu servir une connexion ou finir une réponse : ces requêtes ne sont pas dans le journal d'accès, ou pas comme échecs
access-none = aucun access log dans le bundle
log-not-whole = { $path } a été tronqué ou endommagé, et la partie perdue peut en parler
archive-not-whole = l'archive qui contient { $path } est endommagée, et la partie perdue peut en parler
bursts-unjudged = seules les { $bursts } rafales avec le plus de réponses en échec sont jugées, les autres comptent comme échecs isolés
ends-unexplained = { $ends ->
    [one] { $ends } fin n'a pas de raison dans les journaux
   *[other] { $ends } fins n'ont pas de raison dans les journaux
}
kernel-zone-assumed = le fuseau de { $path } n'est que supposé ; donner --tz FILE=ZONE
kill-told = { $path }:{ $line } en montre un
kill-of-a-store = { $path }:{ $line } montre une base ou un cache tué, et aucune ligne ne dit si ce qui a échoué en dépend
kernel-after-boot = { $path } commence par un démarrage après le début : ce que le noyau écrivait avant est perdu
kernel-at-boot = { $path } a été écrit au démarrage et ne contient rien de ce qui a suivi
kernel-of-another = { $path } est peut-être d'un autre hôte que celui de l'application
kernel-overwritten = { $path } commence trop tard : son tampon circulaire a été écrasé ou vidé
kernel-untied = { $path } n'a aucune ligne qui lie son horloge aux autres journaux
kernel-elsewhere = { $path } ne couvre pas l'incident
kernel-unplaced = { $path } ne peut être placé dans le temps

## Ce qui en dirait plus

missing-kernel-log = le journal du noyau pendant l'incident ({ $why })
missing-kernel-zone = le fuseau horaire de { $path }, le journal du noyau de cet incident, qui est dans le bundle et dont le fuseau est seulement supposé
missing-platform = ce que la plateforme dit des instances : leurs événements, codes de sortie et mémoire
missing-docker-events = les événements de docker (docker events)
missing-app-log = le journal du serveur d'application derrière { $place-known ->
    [no] l'upstream en échec
   *[yes] { $place }
}
missing-app-times = quand les lignes de { $path }, qui ne portent pas d'heure, ont été écrites{ $told ->
    [no] {""}
   *[yes] {" ; "}parmi les lignes comprises, { $count } ressemblent à la ligne { $line } ({ $what })
}
missing-error-log = le journal d'erreurs du proxy
missing-handshake = ce que l'upstream répond sur son port, avec TLS et sans
missing-listeners = la configuration du proxy, et ce qui écoute
missing-dependency-log = ce que l'application attendait : journal de sa base de données et de ses autres dépendances
missing-sender = qui a envoyé le signal : journal d'audit, journal sudo, historique du shell
missing-own-error = l'erreur de l'application elle-même pour une requête en échec (son journal à ce moment, ou le collecteur d'erreurs)
missing-own-trace = ce qui suit la ligne { $line } de { $path } : la trace d'une erreur par laquelle l'application a répondu
missing-stacks = les piles des workers en attente, et les journaux de lenteurs et de verrous de ce qu'ils appellent

## Silence, rythme, et les requêtes en cours

gap-clock-set = l'horloge a été réglée pendant ce temps, l'intervalle peut donc être plus court qu'il n'en a l'air
gap-host-down = l'hôte s'est arrêté ou a démarré pendant ce temps
gap-host-slept = l'hôte était en veille pendant ce temps
gap-host-paused = l'hôte était en pause pendant ce temps
gap-proxy-killed = le noyau a tué le proxy
gap-proxy-stopped = le proxy a été arrêté ou démarré pendant ce temps
gap-disk-full = un disque était plein, des lignes du journal peuvent être perdues
gap-at-end = l'access log s'arrête et d'autres journaux continuent { $length } : le proxy a cessé d'écrire, les utilisateurs ne venaient plus, ou son journal a été copié plus tôt
gap-between-files = { $one } finit et { $other } commence ici : un fichier entre les deux manque peut-être au bundle
gap-host-lived = d'autres journaux ont des événements pendant ce temps, l'hôte vivait donc ; rien ne dit où sont passées les requêtes
gap-nothing-told = aucun autre journal n'a d'événement pendant ce temps
keeps-ending = { $process ->
    [no] {""}
   *[yes] un processus de{" "}
}{ $subject } { $end ->
    [oom_kill] a été tué pour la mémoire
    [worker_timeout] a perdu des workers qui ne répondaient pas à temps
    [runtime_heap_limit] a atteint sa propre limite mémoire
    [health_check] a été arrêté par un contrôle de santé
    [crash] s'est planté
   *[unknown] s'est arrêté sans raison dans les journaux
} { times-many }{ merged-ends }, { $pace ->
    [uneven] à { interval } d'écart, sans régularité
    [even] une fois toutes les { interval }
   *[median] une fois toutes les { interval } (la moitié au-delà de { $median })
}{ $aged ->
    [no] {""}
   *[yes] , chaque fois { ages } après un démarrage
}{ $sized ->
    [no] {""}
   *[yes] {" "}; les victimes tenaient { $size } (médiane)
}{ $forecast ->
    [no] {""}
   *[yes] {" "}; le prochain est attendu vers { $next } (à { $within } près) si rien ne change
}.
merged-ends = { $merged ->
    [no] {""}
   *[yes] {" "}({ $ends } fins, celles qui se suivent de près comptées pour une)
}
interval = { $range ->
    [no] { $least }
   *[yes] { $least } à { $most }
}
ages = { $age-range ->
    [no] { $age-least }
   *[yes] { $age-least } à { $age-most }
}
suspect-moments = { $how ->
    [one] au moment où un processus s'est arrêté
    [both] aux deux moments où des processus se sont arrêtés
    [all] aux { $deaths } moments où des processus se sont arrêtés
   *[some] à { $at-deaths } des { $deaths } moments où des processus se sont arrêtés
}{ $merged ->
    [no] {""}
   *[yes] {" "}({ $ends } fins, réunies par tranches de 5 s)
}
suspect-request = en cours { suspect-moments }{ $longest ->
    [none] {""}
    [one] , où elle durait depuis le plus longtemps de toutes celles en échec
    [all] , où elle durait chaque fois depuis le plus longtemps de toutes celles en échec
   *[some] , dont { $longest-at } où elle durait depuis le plus longtemps de toutes celles en échec
}{ $timed ->
    [no] {""}
   *[yes] {" "}(jusqu'à { $length })
}{ $sized ->
    [no] {""}
   *[yes] , jusqu'à { $size } envoyés par le client
}{ $uploads ->
    [0] {""}
    [one] {" "}; le proxy avait écrit { $uploads } de ses corps sur disque peu avant
   *[other] {" "}; le proxy avait écrit { $uploads } de ses corps sur disque peu avant
} ; elle représente { $share } de toutes les requêtes, si bien que le hasard l'y met avec une probabilité { $chance-told ->
    [no] inférieure à 0.000001
   *[yes] de { $chance }
}

## D'où l'horloge d'un journal est connue

clock-offset = décalage écrit dans chaque ligne
clock-offset-by-dmesg = décalage écrit dans chaque ligne, calculé par dmesg
clock-no-times = aucune heure dans ce fichier
clock-untied = rien dans le bundle ne lie son horloge à UTC
clock-moved = { $evidence } ; { $told }, il est donc déplacé
clock-in-doubt = { $evidence } ; en doute : { $doubt }
clock-both = ses enregistrements portent l'horloge du noyau et l'heure murale
clock-both-parting = ses enregistrements portent l'horloge du noyau et l'heure murale ; les deux s'écartent de { $apart } en route (veille de l'hôte, ou horloge réglée)
clock-shared-lines = { $count ->
    [one] { $count } ligne du noyau partagée avec { $path }
   *[other] { $count } lignes du noyau partagées avec { $path }
}
clock-dump-corrected = { $evidence } ; corrigé par { $lines ->
    [one] { $lines } ligne du noyau partagée avec { $path }
   *[other] { $lines } lignes du noyau partagées avec { $path }
}, écart de { $least } à { $most } s
clock-shared-pids = { $count ->
    [one] { $count } pid tué dont { $path } raconte la fin
   *[other] { $count } pids tués dont { $path } raconte la fin
}
clock-kill-pattern = { $count } OOM kills sur { $all } tombent sur des secondes en échec à un seul décalage
clock-apart = { $count ->
    [one] { $count } fait partagé
   *[other] { $count } faits partagés
} avec { $path } le montrent { $side ->
    [behind] en retard de { $apart }
   *[ahead] en avance de { $apart }
}
clock-contradicted = { $one } et { $other } racontent { $count } faits partagés à { $apart } d'écart, et rien ne montre quelle horloge est fausse
clock-summer-ends = { $evidence } ; l'heure d'été y prend fin
clock-own-votes = { $count ->
    [one] { $count } ligne voisine de lignes du même fichier qui portent un décalage
   *[other] { $count } lignes voisines de lignes du même fichier qui portent un décalage
}
clock-shared = { $what ->
    [requests] { $count ->
        [one] { $count } requête partagée avec { $path }
       *[other] { $count } requêtes partagées avec { $path }
    }
    [ends] { $count ->
        [one] { $count } fin de processus partagée avec { $path }
       *[other] { $count } fins de processus partagées avec { $path }
    }
    [starts] { $count ->
        [one] { $count } démarrage de processus partagé avec { $path }
       *[other] { $count } démarrages de processus partagés avec { $path }
    }
   *[kernel] { $count ->
        [one] { $count } ligne du noyau partagée avec { $path }
       *[other] { $count } lignes du noyau partagées avec { $path }
    }
}
clock-shared-things = { $count ->
    [one] { $count } fait partagé avec { $path }
   *[other] { $count } faits partagés avec { $path }
}
clock-two-offsets = { $count ->
    [one] { $count } fait partagé
   *[other] { $count } faits partagés
} avec d'autres journaux, à deux décalages comme au changement d'heure de { $zone }
clock-coincidence = { $count } fins de processus sur { $all } coïncident avec des échecs ailleurs
clock-by-ridge = ses OOM kills ({ $kills }) ne concordent avec les échecs que sur une seule plage de temps
clock-by-audit = les heures des enregistrements d'audit qu'il contient
clock-neighbour-and-hours = aucun événement partagé ; { $file } du même hôte est dans ce fuseau, et les heures couvertes concordent
clock-neighbour = aucun événement partagé ; le fuseau de { $file } ; donner --tz FILE=ZONE s'il est faux
clock-hours = aucun événement partagé, et aucun autre journal de l'hôte ne dit son fuseau : celui qui convient le mieux aux heures du bundle ; donner --tz FILE=ZONE s'il est faux

## La réponse en tête de chaque forme

answer-what = { $total ->
    [unknown] { $failed }
   *[known] { $failed } sur { $requests }
} { $counted ->
    [error-log] échecs dans le journal d'erreurs du proxy, faute d'access log
   *[access-log] requêtes en échec
} ({ $statuses }), { $span }, { $duration }{ $worst-told ->
    [no] {""}
   *[yes] , pire minute { $worst }
}{ $censored ->
    [none] {""}
    [left] , déjà en échec au début des journaux
    [right] , encore en échec à la fin des journaux
   *[both] , déjà en échec au début des journaux, encore en échec à la fin
}
no-summary = Le bundle ne dit pas la cause.
verdict-word = { $verdict ->
    [confirmed] confirmé
    [probable] probable
    [suspected] présumé
    [undetermined] indéterminé
   *[unknown] inconnu
}
verdict-sure = { $verdict ->
    [unknown] {""}
    [suspected] {""}
    [undetermined] , { $other-known ->
        [no] { $one }
       *[yes] { $one } ou { $other }
    }
   *[other] , { $probability }
}
answer-verdict = { verdict-word }{ verdict-sure }
verdict = Verdict : { $verdict }
why-and-verdict = { $summary } Verdict : { $verdict }.
answer-collect = Récupérer { $data }{ $told ->
    [no] {""}
   *[yes] {" "}; cela départage { $causes }
} :
answer-nothing-to-do = Rien que les journaux demandent de faire maintenant ; garder ce bundle.
check = À vérifier : { $verify }
no-moment = heure inconnue
no-time = aucun moment lisible
no-incident-blind = On ne peut parler d'incident : le bundle n'a pas d'access log, les requêtes en échec ne peuvent donc être comptées. Les journaux couvrent { $window }.
no-incident = { $silent ->
    [no] Aucun incident
   *[yes] Aucune rafale d'échecs, mais pas de trafic { $gap } là où environ { $expected } requêtes étaient attendues ({ $why })
} : { $requests } requêtes, { $some-failed ->
    [no] aucune en échec
   *[yes] peu en échec, aucune dans une rafale ({ $statuses })
}.{ $hidden ->
    [0] {""}
   *[other] {" "}Échecs masqués par un nouvel essai sur un autre upstream : { $hidden-shown }.
}{ $kills ->
    [0] {""}
    [one] {" "}L'OOM killer a tué { $kills } processus, et aucune rafale d'échecs n'a suivi.
   *[other] {" "}L'OOM killer a tué { $kills } processus, et aucune rafale d'échecs n'a suivi.
} Les journaux couvrent { $window }.{ $lost ->
    [no] {""}
   *[yes] {" "}Une partie de l'entrée est perdue (voir qualité des données), et un incident peut s'y trouver.
}
more-in-json = Encore { $more } dans le JSON
redact-off = Les secrets ne sont pas masqués (--redact off).
redact-ids = Adresses, hôtes et utilisateurs sont des pseudonymes (--redact ids).
yes = oui
no = non
none = aucun
cannot-tell = on ne sait pas
times = { times-many }
kill-words = { $killer } a tué { $victim }{ $pid-known ->
    [no] {""}
   *[yes] {" "}(pid { $pid })
}{ $size-known ->
    [no] {""}
   *[yes] , { $size }
}{ $cgroup-known ->
    [no] {""}
   *[yes] , dans { $cgroup }
}{ $limit-known ->
    [no] {""}
   *[yes] , limite { $limit }
}
kills-words = { $killer } a tué { $victim } { times-many }{ $size-known ->
    [no] {""}
   *[yes] , { $size }
}{ $cgroup-known ->
    [no] {""}
   *[yes] , dans { $cgroup }
}{ $limit-known ->
    [no] {""}
   *[yes] , limite { $limit }
}
death-words = { $process }{ $pid-known ->
    [no] {""}
   *[yes] {" "}(pid { $pid })
} : { $signal-known ->
    [no] {""}
   *[yes] signal { $signal },{" "}
}{ $code-known ->
    [no] {""}
   *[yes] code de sortie { $code },{" "}
}{ $why }
signal = signal { $signal }
exit-code = code de sortie { $code }

## Titres et en-têtes de tableaux

heading-incident = { $id } : échecs { $class ->
    [server] du serveur
   *[gateway] de passerelle
}, { $span }
heading-incidents = Incidents, du plus grave au moins grave
heading-impact = Impact
heading-timeline = Chronologie ({ $known ->
    [no] jour inconnu
   *[yes] { $day }
})
heading-chain = Chaîne causale
heading-belief = Pourquoi nous le croyons
heading-likeliest = Sur quoi repose la cause la plus probable
heading-suspects = Requêtes suspectes
heading-doubt = Ce qui s'y oppose ou a été écarté
heading-unseen = Ce qu'on n'a pas pu voir, et quoi récupérer
heading-other-causes = Autres causes envisagées
heading-actions = Actions
heading-traffic = Trafic
heading-kills = OOM kills
heading-deaths = Fins de processus
heading-recurrences = Ce qui revient
heading-gaps = Pas de trafic là où il était attendu
heading-negatives = Constats négatifs
heading-looked-for = Ce qui a été cherché
heading-clocks = Horloges
heading-sources = Sources
heading-sources-clocks = Sources et horloges
heading-quality = Qualité des données
heading-evidence = Preuves
title-incident = Rapport d'incident : { $verdict ->
    [unknown] cause inconnue
    [undetermined] { $other-known ->
        [no] { $one }
       *[yes] soit { $one }, soit { $other }
    } ({ verdict-word })
   *[other] { $one } ({ verdict-word })
}, { $count ->
    [one] { $failed } requête en échec
   *[other] { $failed } requêtes en échec
}, { $span }
title-no-incident = Rapport d'incident : aucun incident trouvé{ $kills ->
    [0] {""}
    [one] , mais { $kills } OOM kill
   *[other] , mais { $kills } OOM kills
}
table-incidents = Liste des incidents
table-timeline = Chronologie
col-against = Contre
col-cause = Cause
col-cgroup = Cgroup
col-claim = Affirmation
col-clock = Horloge
col-command = Commande
col-data = Données
col-death = Fin
col-deaths = Fins
col-duration = Durée
col-ended-by = Terminé par
col-event = Événement
col-evidence = Preuve
col-expected = Requêtes attendues
col-failed = Échecs
col-figure = Chiffre
col-first = Première
col-for = Pour
col-format = Format
col-format-role = Format, rôle
col-from = Du
col-holds = Vrai ?
col-host = Hôte
col-incident = Incident
col-invoker = Demandeur
col-kill = OOM kill
col-killer = Tueur, portée
col-kind = Genre
col-known-from = Connu par
col-largest = Le plus gros
col-last = Dernière
col-limit = Limite
col-line = Ligne
col-offset = Local moins UTC
col-others-say = Ce que disent d'autres journaux
col-path = Chemin
col-place = Endroit
col-probability = Probabilité
col-process = Processus
col-records = Enregistrements
col-role = Rôle
col-rss = RSS
col-sigma = ±
col-source = Source
col-start = Début (UTC)
col-tells-apart = Départage
col-time = Heure (UTC)
col-times = Fois
col-to = Au
col-unit = Unité, conteneur
col-unparsed = Non compris
col-value = Valeur
col-verdict = Verdict
col-victim = Victime
col-what = Quoi
col-when = Quand
col-why = Pourquoi

## La forme texte

label-what = QUOI
label-why = CAUSE
label-do = FAIRE
text-picture = Échecs par { $step }, au plus { $peak }{ $marks ->
    [none] {""}
    [kills] {" "}; K OOM kill
    [deaths] {" "}; x fin
   *[both] {" "}; K OOM kill, x fin
}
text-chain = Chaîne
text-against = S'y oppose / écarté
text-against-line = { $id } contre : { $line }
text-ruled-out = { $id } { $why }{ $chance-told ->
    [no] {""}
   *[yes] {" "}(aussi près par hasard : { $chance })
}
text-unseen = Ce qu'on n'a pas pu voir
text-others = Autres incidents
text-col-id = id
text-col-start = début (UTC)
text-col-duration = durée
text-col-failures = échecs
text-col-cause = cause, verdict
text-cause-and-verdict = { $verdict ->
    [unknown] inconnu : le bundle ne le dit pas
   *[other] { $cause }, { verdict-word }
}
text-still-failing = Encore en échec à la fin des journaux : { $incidents }
text-checked = Vérifié
text-holds = vrai
text-not-so = FAUX
text-cannot-tell = on ne sait pas
text-kills-outside = OOM kills liés à aucun incident
text-deaths-outside = Autres fins, liées à aucun incident
text-recurrences = Revient sans cesse
text-gap = { $span }, environ { $expected } requêtes attendues : { $why }

## Markdown, et ce que HTML partage avec lui

lead-impact = Impact :
lead-cause = Cause :
lead-when = Quand :
lead-ongoing = Toujours en cours :
lead-next = Ensuite :
lead-isolated = Échecs isolés, hors rafale :
lead-window = Les journaux couvrent :
lead-checked = Ce qui a été vérifié :
impact = { $total ->
    [unknown] { $failed }
   *[known] { $failed } sur { $requests }
} { $counted ->
    [error-log] échecs dans le journal d'erreurs du proxy, faute d'access log
   *[access-log] requêtes en échec
} ({ $statuses }){ $worst-told ->
    [no] {""}
   *[yes] , pire minute { $worst }
}
cause-and-verdict = { $summary } (**{ verdict-word }**{ verdict-sure })
when = { $span }, { $duration }{ $censored ->
    [left] {" "}; déjà en échec au début des journaux
    [both] {" "}; déjà en échec au début des journaux
   *[other] {""}
}
ongoing = { $ongoing ->
    [yes] oui, encore en échec à la fin des journaux
    [others] non, mais { $incidents } échouait encore à la fin des journaux
   *[no] non, les journaux continuent sans de tels échecs
}
next-collect = récupérer { $data } : { $command }
next-nothing = rien que les journaux demandent de faire maintenant ; garder ce bundle
no-impact = aucun sur { $requests } requêtes
unknown-impact = inconnu : pas d'access log, les requêtes en échec ne peuvent être comptées
unknown-window = inconnu, aucun journal n'a d'heure
see-negatives = voir *Constats négatifs*
gravest = { $id } (le plus grave)
verdict-and-probability = { verdict-word }{ $verdict ->
    [unknown] {""}
    [suspected] {""}
   *[other] , { $probability }
}
figure-requests = Requêtes pendant ce temps
figure-failed = Échecs
figure-by-status = Par statut
figure-probes = Contrôles de santé parmi les échecs
figure-worst-minute = Pire minute
figure-baseline = Part quand tout va bien
figure-duration = Durée
figure-host = Hôte de la cause
figure-ongoing = Toujours en cours
figure-already-failing = Déjà en échec au début des journaux
figure-still-failing = Encore en échec à la fin des journaux
figure-hidden = Masqués par un nouvel essai, non comptés ci-dessus
figure-route = Route { $route }
figure-other-routes = Autres routes
figure-upstream = Upstream { $upstream }
figure-upstream-of = Upstream { $upstream }, { $service }
not-known = inconnu sans access log
worst-minute = { $share }{ $minute-known ->
    [no] {""}
   *[yes] {" "}({ $minute })
} des requêtes en échec
duration-since = { $duration }{ $failing ->
    [no] {""}
   *[yes] {" "}; déjà en échec au début des journaux
}
failed-of = { $failed } en échec ; { $requests } requêtes dans le temps alentour
more-of-kind = d'autres du type { $kind } :
actions-as-for = Les mêmes que pour { $incident }.
failed-count = { $failed } en échec
picture-legend = Échecs par { $step }, au plus { $peak }{ $marks ->
    [none] {""}
    [kills] {" "}; K est un OOM kill
    [deaths] {" "}; x est une fin de processus
   *[both] {" "}; K est un OOM kill, x une fin de processus
} :
event-times = { $event }{ $times ->
    [0] {""}
    [1] {""}
   *[other] {" "}({ times-many } dans cette seconde)
}
suspect-was = { $route } était { $told }
against = Contre : { $line }
ruled-out = Écarté : { $id } { $why }{ $chance-told ->
    [no] {""}
   *[yes] {" "}(aussi près par hasard : { $chance })
}
nothing-against = Rien dans le bundle.
not-observable = Non observable : { $what }
when-now = Maintenant
when-this-week = Cette semaine
when-prevent = Pour l'éviter
task-verify = { $task } ; à vérifier : { $verify }
traffic-requests = Requêtes dans le journal le plus proche des utilisateurs
traffic-probes = Contrôles de santé, comptés à part
traffic-sampled = Requêtes réussies, sans échec à côté, lues pour leur route
traffic-hidden = Échecs masqués par un nouvel essai sur un autre upstream
traffic-isolated = Échecs isolés hors des incidents
users-met-nothing = rien pour les utilisateurs
tied-to-none = aucun
about = environ { $count }
bundle = Bundle { $bundle } : { $size }, { members }
members = { $members ->
    [one] { $members } membre
   *[other] { $members } membres
}
written-by = Écrit par { $tool } { $version } ; à relire par une personne avant d'être transmis.
markdown-redact-off = **Les secrets ne sont pas masqués** (`--redact off`).
markdown-redact-ids = Adresses, hôtes et utilisateurs sont des pseudonymes (`--redact ids`).
estimated = { $what ->
    [routes] les requêtes par route de { $incident } sont des estimations
    [requests] les requêtes de { $incident } sont une estimation
    [traffic] les totaux du trafic sont des estimations
    [probes] le nombre de sondes de health check est une estimation
    [deaths] toutes les fins ne sont pas listées
   *[other] un chiffre est estimé, ou coupé par une limite
} ({ $pointer } dans le JSON)
left-out = Omis faute de place, et dans le JSON : { $sections }.
names-and-more = { $names } ; et { $more } autres
show = Afficher
picture-alt = Chronologie des requêtes, échecs, OOM kills et redémarrages
chart-title = Heures en UTC
chart-failures = Échecs
chart-cause = Cause
chart-kill = OOM kill de { $victim }

## Le modèle de post-mortem

sre-status = Statut : brouillon tiré des journaux ; une personne le complète et le relit.
sre-prompt = *À écrire par une personne.*
sre-root-cause = Cause racine et déclencheur
sre-detection = Détection
sre-how-noticed = Comment a-t-on remarqué, qui, combien de temps après le premier échec ?
sre-resolution = Résolution
sre-what-ended-it = Qu'est-ce qui y a mis fin, et qui l'a fait ?
sre-action-items = Plan d'action
sre-col-item = Action
sre-col-type = Type
sre-col-owner = Responsable
sre-col-due = Échéance
sre-lessons = Leçons tirées
sre-went-well = Ce qui a bien marché
sre-went-wrong = Ce qui a mal marché
sre-got-lucky = Là où nous avons eu de la chance

## HTML

skip-to-evidence = Aller aux preuves
html-what = Quoi
html-why = Pourquoi
html-do = Faire
html-gravest = (le plus grave)
html-against = Contre :
html-ruled-out = Écarté :
html-chance = (aussi près par hasard : { $chance })
html-suspect-was = était { $told }
tells-apart = (départage { $causes })
timeline-table = Chronologie en tableau, { $lines ->
    [one] { $lines } ligne
   *[other] { $lines } lignes
}
picture-scrolls = Image de la chronologie, défile de côté sur un écran étroit
picture-help = Pointer, toucher ou atteindre une marque avec Tab pour lire sa ligne de journal ; les flèches vont de marque en marque, Entrée mène à la preuve.
times-in-utc = Les heures sont en UTC.
secrets-masked = Les secrets sont masqués par ***.
no-line-cited = Aucune ligne n'est citée.
with-neighbours = Avec les lignes voisines dans
told-by = Raconté par :

## L'image de la chronologie

picture-title = Chronologie de { $incident } { $span }
picture-title-quiet = Chronologie des journaux : aucun incident
picture-about = En haut, requêtes et réponses en échec au fil du temps ; en bas, une ligne par processus, conteneur ou hôte avec ses OOM kills, fins, arrêts et démarrages. Les mêmes faits se trouvent dans les tableaux du rapport.
mark-kill = OOM kill
mark-death = fin
mark-stop = arrêt
mark-start = démarrage
mark-line = ligne
legend-unrelated = sans lien
legend-clock = horloge ±1σ
legend-chain = chaîne causale
mark-ruled-out = écarté
mark-unfelt = rien pour les utilisateurs
mark-first-of = première de { $marks } au même endroit
mark-and-more = et { $more } autres
lane-ends = OOM kills et fins
panel-closely = { $incident } de près, { $times }{ $left-out ->
    [0] {""}
   *[other] {" "}; lignes omises : { $left-out }
}
panel-all = Tous les journaux, { $times }
bars-requests = requêtes par { $step }
bars-failures = échecs par { $step }
at-most = au plus { $peak }
burst-about = { $incident } : { $failures } échecs, { $span }, { text-cause-and-verdict }
unseen-about = l'access log ne va pas jusqu'ici
unseen-short = pas d'access log
gap-about = pas de trafic { $span } : { $why }
gap-short = pas de trafic
memory-of-victims = mémoire des victimes
memory-scale = échelle jusqu'à { $size }
memory-dash = trait : limite
memory-limit = limite { $size }

## Deux rapports l'un face à l'autre (coroner diff)

diff-word = { $held ->
    [yes] Le correctif a tenu.
    [no] Le correctif n'a pas tenu.
    [partly] Le correctif a tenu en partie.
   *[unknown] On ne peut pas dire si un correctif a tenu.
}
diff-trouble = { $known ->
    [no] { $cause }
   *[yes] { $cause } de { $name }
}
diff-failures = { $failures ->
    [one] { $failures } requête en échec
   *[other] { $failures } requêtes en échec
}
diff-nothing-before = Il n'y avait aucun incident avant, { $incidents ->
    [0] et il n'y en a aucun après
   *[other] et il y en a { $incidents } après
}.
diff-came-again = { $trouble } est revenu : { diff-failures }, contre { $before } auparavant. C'est la même cause.
diff-open-before = La cause était déjà inconnue avant : personne ne peut dire si elle a disparu.
diff-open-after = Des requêtes ont encore échoué ensuite ({ $incident }), pour une cause qui reste inconnue : c'est peut-être la même.
diff-still-killed = Les requêtes n'échouent plus à cause de { $trouble }, mais le processus est toujours tué par manque de mémoire : { $kills } fois.
diff-no-requests = Les journaux d'après ne contiennent aucune requête : rien ne pouvait donc y échouer.
diff-too-short = { $trouble } n'est pas revenu, mais les journaux d'après couvrent { $seen } de requêtes, et il lui fallait auparavant { $needed } pour survenir : c'est trop court pour conclure.
diff-held = { $trouble } n'est pas revenu en { $seen } de requêtes.
diff-held-but = { $trouble } n'est pas revenu, mais les utilisateurs ont subi un autre incident : { $cause } ({ verdict-word }), { diff-failures }.
diff-before = avant
diff-after = après
diff-before-covers = avant : { $covers }
diff-after-covers = après : { $covers }
diff-covers = { $name }, de { $start } à { $end }, { $requests ->
    [one] { $requests } requête
   *[other] { $requests } requêtes
}
diff-incident = { $id } { $start } : { $cause } ({ verdict-word }), { diff-failures }
diff-again = De nouveau { $cause } : { $before } avant et { $after } après
diff-the-same = Inchangé : { $names }
diff-only-before = Seulement avant
diff-only-after = Seulement après
diff-col-before = Avant
diff-col-after = Après
diff-what-verdict = verdict
diff-what-first = premier échec
diff-what-duration = durée
diff-what-failed = requêtes en échec
diff-what-statuses = statuts
diff-what-worst = pire minute
diff-what-routes = routes
diff-what-upstreams = upstreams
diff-what-kills = OOM kills
diff-what-victim = victime
diff-what-memory = mémoire de la victime
diff-what-limit = limite de mémoire
diff-what-incidents = incidents
diff-what-requests = requêtes
diff-what-oom-kills = OOM kills
diff-failed-of = { $failed } sur { $requests }
diff-victim-of = { $victim } de { $unit }

## Ce pour quoi chaque fichier a été pris (coroner inspect)

inspect-taken = { $format } ({ $role }), { $records ->
    [one] { $records } enregistrement
   *[other] { $records } enregistrements
}, { $understood } % compris{ $unparsed ->
    [0] {""}
    [one] , { $unparsed } ligne non comprise
   *[other] , { $unparsed } lignes non comprises
}
inspect-because = motif : { $reason }
inspect-span = de { $first } à { $last }
inspect-clock = horloge : { $basis } { $offset } s, ±{ $sigma } s : { $evidence }
inspect-unread = non compris, ligne { $line } : { $text }
inspect-problems = Ignoré ou endommagé :
taken-snapshot = son texte a la forme de la sortie de ce programme
taken-dmesg = des lignes telles que dmesg les affiche
taken-wrapped = des enregistrements sous la forme { $form }
taken-requests = { $requests ->
    [one] { $requests } requête
   *[other] { $requests } requêtes
}
taken-kernel = { $messages ->
    [one] { $messages } message du noyau
   *[other] { $messages } messages du noyau
}
taken-of-format = { $lines } au format { $format }
taken-of-more = le reste dans { $formats ->
    [one] { $formats } autre format
   *[other] { $formats } autres formats
}
taken-nothing = des lignes datées qu'aucun format n'explique
taken-nothing-untimed = des lignes sans date qu'aucun format n'explique

## Pourquoi quelque chose n'a pas pu être lu

unread-empty = vide
unread-no-log = texte qui n'est aucun journal connu ({ $lines ->
    [one] { $lines } ligne
   *[other] { $lines } lignes
}, début : "{ $line }"), ignoré
unread-no-log-unquoted = texte qui n'est aucun journal connu ({ $lines ->
    [one] { $lines } ligne
   *[other] { $lines } lignes
}), ignoré
unread-binary = octets binaires, ignorés
unread-elf = un programme ELF, ignoré
unread-jpeg = une image JPEG, ignorée
unread-png = une image PNG, ignorée
unread-pdf = un document PDF, ignoré
unread-binary-journal = un journal binaire ; l'exporter avec journalctl -o export, ignoré
unread-sqlite = une base de données SQLite, ignorée
unread-zip-inside = une archive zip ; la décompresser d'abord, ignorée
unread-packet-capture = une capture de paquets, ignorée
unread-lines = { $unparsed ->
    [one] { $unparsed } ligne sur { $lines } n'a pas été comprise
   *[other] { $unparsed } lignes sur { $lines } n'ont pas été comprises
} ; voir coroner inspect
unread-partial-line = la dernière ligne n'a pas de fin, car le fichier a été coupé ; elle a été laissée de côté
unread-entries = { $entries ->
    [one] { $entries } endroit ne contient pas d'entrée entière de cette forme ; son contenu n'est pas lu
   *[other] { $entries } endroits ne contiennent pas d'entrée entière de cette forme ; leur contenu n'est pas lu
}
unread-long-lines = { $lines ->
    [one] { $lines } ligne dépasse { $most } octets ; son reste n'a pas été lu
   *[other] { $lines } lignes dépassent { $most } octets ; le reste de chacune n'a pas été lu
}
unread-nul-bytes = { $bytes ->
    [one] { $bytes } octet NUL a été ignoré
   *[other] { $bytes } octets NUL ont été ignorés
}, comme en laissent une coupure de courant ou copytruncate
unread-large-snapshot = un instantané de plus de { $most } octets, ignoré
unread-state-dump = semble être un vidage d'état illisible, ignoré
unread-events = { $events ->
    [one] { $events } événement au-delà de la limite a été compté mais pas gardé
   *[other] { $events } événements au-delà de la limite ont été comptés mais pas gardés
}
unread-logs = { $logs ->
    [one] plus de { $most } journaux : { $logs } n'a pas été gardé, { $first } (--max-logs)
   *[other] plus de { $most } journaux : les { $logs } qui en disent le moins n'ont pas été gardés, { $first } et d'autres (--max-logs)
}
unread-more = { $more ->
    [one] { $more } autre problème de ce genre n'est pas listé
   *[other] { $more } autres problèmes de ce genre ne sont pas listés
}

unread-not-opened = impossible à ouvrir : { $reason }
unread-file = le fichier ne peut pas être lu : { $reason }
unread-folder = le dossier ne peut pas être lu : { $reason }
unread-folder-rest = le reste du dossier ne peut pas être lu : { $reason }
unread-failed = la lecture a échoué à l'octet { $byte } : { $reason }
unread-shrank = le fichier a rétréci pendant sa lecture : { $came } sur { $bytes ->
    [one] { $bytes } octet était là
   *[other] { $bytes } octets étaient là
}
unread-stopped = { $reason } ; le reste après l'octet { $byte } n'a pas été lu
unread-time-over = { $seconds ->
    [one] { $seconds } seconde de lecture est écoulée (--max-seconds)
   *[other] { $seconds } secondes de lecture sont écoulées (--max-seconds)
}
unread-too-many-files = plus de { $files } fichiers ; celui-ci et tous ceux qui suivent n'ont pas été lus
unread-too-many-names = plus de { $names } noms dans un dossier ; { $dropped ->
    [one] le dernier n'a pas été lu
   *[other] les { $dropped } derniers n'ont pas été lus
}
unread-symbolic-link = un lien symbolique, non suivi ; ce vers quoi il mène est lu sous son propre nom, s'il est dans le dossier
unread-hard-link = un lien dur vers un fichier qui est lu sous un autre nom
unread-special = ni un fichier ni un dossier (un tube, un socket ou un périphérique)

unread-stream-ends = le flux { $format } s'arrête à l'octet compressé { $byte }
unread-corrupt = le flux { $format } est corrompu à l'octet compressé { $byte }
unread-gzip-flags = l'en-tête gzip à l'octet { $byte } a des drapeaux inconnus
unread-gzip-name = l'en-tête gzip a un nom sans fin
unread-rest-lost = { $what } ; { $bytes ->
    [one] { $bytes } octet qui précède a été décompressé
   *[other] { $bytes } octets qui précèdent ont été décompressés
}, le reste est perdu
unread-trailing = { $bytes ->
    [one] { $bytes } octet après les données { $format } n'est pas du { $format } et a été ignoré
   *[other] { $bytes } octets après les données { $format } ne sont pas du { $format } et ont été ignorés
}
unread-window = le flux { $format } demande { $need } MiB de mémoire pour être décompressé, et il en reste { $left } MiB ; le recompresser avec xz -6 ou gzip, ou le décompresser d'abord
unread-wrong-sum = la somme de contrôle ou la longueur { $part } est fausse : son contenu jusqu'à l'octet compressé { $byte } peut être faux
unread-wrong-sums = la somme de contrôle ou la longueur { $part } et de { $more ->
    [one] { $more } autre partie
   *[other] { $more } autres parties
} est fausse : leur contenu jusqu'à l'octet compressé { $byte } peut être faux
unread-wrong-sum-of-member = la somme de contrôle ou la longueur { $part } est fausse : son contenu peut être faux
unread-both = { $one } ; { $other }
unread-part-gzip-member = du membre gzip { $number }
unread-part-xz-block = du bloc xz { $number }
unread-part-xz-index = de l'index du flux xz { $number }
unread-part-zstd-frame = de la trame zstd { $number }
unread-part-bzip2-stream = du flux bzip2 { $number }
unread-part-bzip2-block = du bloc bzip2 { $number }
unread-part-zip-member = du membre zip { $number }
unread-too-much = { $bytes ->
    [one] plus de { $bytes } octet décompressé
   *[other] plus de { $bytes } octets décompressés
} ; le reste n'a pas été lu
unread-bomb = se décompresse à plus de { $ratio } fois sa taille, comme seule une bombe de décompression le fait ; le reste après { $bytes ->
    [one] { $bytes } octet
   *[other] { $bytes } octets
} n'a pas été lu
unread-no-thread = aucun fil d'exécution n'a pu être lancé pour le décompresser : { $reason } ; { $bytes ->
    [one] { $bytes } octet a été décompressé
   *[other] { $bytes } octets ont été décompressés
}
unread-unpacking-stopped = la décompression s'est arrêtée sans raison
unread-packer = compressé avec { $packer } ; le décompresser ou le compresser en gzip
unread-xz-filter = compressé à travers le filtre xz { $filter }, qui est fait pour les programmes ; le décompresser d'abord
unread-zstd-dictionary = compressé avec un dictionnaire zstd, qui n'est pas là ; le décompresser d'abord, avec zstd -D
unread-old-bzip2 = compressé par un bzip2 antérieur à 0.9.5, d'une manière abandonnée depuis ; le décompresser d'abord

unread-archive-ends-in-header = l'archive s'arrête dans un en-tête, à l'octet { $byte }
unread-archive-ends-in-member = l'archive s'arrête dans un membre, à l'octet { $byte }
unread-archive-ends-in-content = l'archive s'arrête dans le contenu d'un membre, à l'octet { $byte }
unread-archive-ends-in-padding = l'archive s'arrête dans le remplissage d'un membre, à l'octet { $byte }
unread-archive-without-end = l'archive n'a pas de marque de fin à l'octet { $byte } : si elle a été coupée là, des membres manquent
unread-archive-without-directory = l'archive s'arrête à l'octet { $byte } sans son répertoire : des membres manquent peut-être
unread-archive-ignored = { $bytes ->
    [one] { $bytes } octet après la fin de l'archive n'est pas du { $format } et a été ignoré
   *[other] { $bytes } octets après la fin de l'archive ne sont pas du { $format } et ont été ignorés
}
unread-header-lost = aucun en-tête { $format } valable à l'octet { $byte } : { $bytes ->
    [one] { $bytes } octet sauté
   *[other] { $bytes } octets sautés
} pour trouver le suivant
unread-directory-count = le répertoire liste { $listed ->
    [one] { $listed } membre
   *[other] { $listed } membres
}, et { $members ->
    [one] { $members } a été trouvé
   *[other] { $members } ont été trouvés
}
unread-directory-names = les noms des membres ne sont pas ceux du répertoire : certains peuvent être faux
unread-member-cut = seuls { $came } de ses { $bytes } octets sont dans l'archive
unread-member-cut-because = seuls { $came } de ses { $bytes } octets sont dans l'archive : { $reason }
unread-member-open = l'archive s'arrête après { $came ->
    [one] { $came } octet
   *[other] { $came } octets
} de son contenu
unread-member-open-because = l'archive s'arrête après { $came ->
    [one] { $came } octet
   *[other] { $came } octets
} de son contenu : { $reason }
unread-too-many-members = { $members ->
    [one] plus de { $members } membre
   *[other] plus de { $members } membres
} ; { $name } et tout ce qui suit n'ont pas été lus
unread-all-unpacked = { $bytes ->
    [one] { $bytes } octet a été décompressé
   *[other] { $bytes } octets ont été décompressés
} ; { $name } et tout ce qui suit n'ont pas été lus
unread-too-deep = { $layers ->
    [one] une archive dans { $layers } autre ; décompresser celle de dehors
   *[other] une archive dans { $layers } autres ; décompresser celles de dehors
}
unread-name-cut = un nom de { $bytes } octets a été coupé ; { $most } est le maximum
unread-long-name = un nom long de { $bytes } octets a été ignoré ; { $most } est le maximum qui est lu
unread-long-pax = un en-tête pax de { $bytes } octets a été ignoré ; { $most } est le maximum qui est lu
unread-long-path = un chemin de { $bytes } octets a été ignoré ; { $most } est le maximum qui est lu
unread-bad-pax = un en-tête pax mal formé avant l'octet { $byte } ; il a été ignoré
unread-sparse = stocké sans ses trous (un membre creux de GNU), ce qui ne peut pas être lu ; le remettre dans une archive sans --sparse
unread-symbolic-link-to = un lien symbolique vers { $target } ; ce vers quoi il mène est lu sous son propre nom, s'il est là
unread-hard-link-to = un lien dur vers { $target } ; ce vers quoi il mène est lu sous son propre nom, s'il est là
unread-device = un fichier de périphérique
unread-named-pipe = un tube nommé
unread-tar-type = le type tar { $type } ne peut pas être lu ; l'archiver comme fichier ordinaire
unread-document = une archive zip d'un document ou d'un programme, ignorée
unread-encrypted = chiffré ; le décompresser d'abord, avec son mot de passe
unread-patch = un correctif pour un autre fichier
unread-method = compressé avec { $packer } ; le décompresser d'abord, ou le compresser avec deflate
unread-method-unknown = compressé d'une manière inconnue ; le décompresser d'abord, ou le compresser avec deflate

unread-capsule-member = un membre d'une capsule de plus de { $most } octets
unread-capsule-head = la première ligne d'un membre de la capsule ne peut pas être lue
unread-capsule-record = capsule.json ne peut pas être lu : { $reason }
unread-capsule-version = la capsule a le format { $version } et ce coroner lit { $own } ; en utiliser un plus récent
unread-capsule-lost = des lignes d'une capsule sans son capsule.json, ignorées
unread-capsule-lines = { $missing ->
    [one] { $missing } ligne sur { $told } qui levait un événement manque dans la capsule ou a été modifiée ; ce qu'elle disait ne compte pas
   *[other] { $missing } lignes sur { $told } qui levaient un événement manquent dans la capsule ou ont été modifiées ; ce qu'elles disaient ne compte pas
}
unread-capsule-events = { $events ->
    [one] { $events } événement du bundle n'est pas dans la capsule
   *[other] { $events } événements du bundle ne sont pas dans la capsule
}
