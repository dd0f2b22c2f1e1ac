//! Pods and events of Kubernetes as `kubectl get -o json` prints them, against what is read from them: identities, ends with their
//! lines, and near misses that must give nothing.

use super::*;

/// `line kind field=value ...` of each event, without the fields that repeat who it was.
fn described(text: &str) -> Vec<String> {
    assert!(looks_like_objects(text.as_bytes()), "{text}");
    let taken = read(text.as_bytes()).unwrap();
    let events = taken.events.iter().map(|event| {
        let mut told = format!("{} {}", event.at.line, event.kind);
        let at = event.stamp.and_then(|stamp| crate::stamp::rfc3339(stamp.at)).unwrap_or_default();
        told.push_str(&format!(" {}", at.get(11..19).unwrap_or_default()));
        for (name, value) in event.fields.iter() {
            told.push_str(&format!(" {name}={value}"));
        }
        told
    });
    events.collect()
}

const PODS: &str = r#"{
    "apiVersion": "v1",
    "items": [
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"labels": {"app": "shop"}, "name": "shop-7c9d8f6b5-x2x4q", "namespace": "prod"},
            "spec": {"containers": [{"name": "shop", "ports": [{"containerPort": 8080}], "livenessProbe": {"httpGet": {"port": 8081}}, "resources": {"limits": {"memory": "512Mi"}}}]},
            "status": {
                "containerStatuses": [
                    {
                        "containerID": "containerd://new",
                        "lastState": {
                            "terminated": {
                                "containerID": "containerd://old",
                                "exitCode": 137,
                                "finishedAt": "2026-12-24T12:05:00Z",
                                "reason": "OOMKilled",
                                "startedAt": "2026-12-24T10:05:20Z"
                            }
                        },
                        "name": "shop",
                        "restartCount": 3,
                        "state": {"running": {"startedAt": "2026-12-24T12:05:20Z"}}
                    }
                ],
                "podIP": "10.244.1.17"
            }
        }
    ],
    "kind": "List"
}
"#;

#[test]
fn a_pod_has_an_address_a_limit_and_an_end() {
    let taken = read(PODS.as_bytes()).unwrap();
    let list = taken.snapshot.containers();
    assert_eq!(list[0].addresses, ["10.244.1.17:8080", "10.244.1.17:8081"]);
    assert_eq!(
        (list[0].memory_bytes, list[0].oom_killed, list[0].exit_code, list[0].restarts),
        (512 << 20, true, 137, 3)
    );
    assert_eq!(
        described(PODS),
        [
            "17 container-oom 12:05:00 container=old container_name=shop name=shop-7c9d8f6b5-x2x4q namespace=prod reason=OOMKilled",
            "17 container-died 12:05:00 code=137 container=old container_name=shop name=shop-7c9d8f6b5-x2x4q namespace=prod reason=OOMKilled",
            "24 container-started 12:05:20 container=new container_name=shop name=shop-7c9d8f6b5-x2x4q namespace=prod",
        ]
    );
}

/// A list of one event, in the key order of kubectl.
#[track_caller]
fn check_event(kind: &str, component: &str, reason: &str, message: &str, expected: &[&str]) {
    let text = format!(
        r#"{{"apiVersion": "v1", "items": [{{"count": 1, "firstTimestamp": "2026-12-24T12:05:00Z",
"involvedObject": {{"fieldPath": "spec.containers{{shop}}", "kind": "{kind}", "name": "shop-1", "namespace": "prod"}}, "kind": "Event",
"lastTimestamp": "2026-12-24T12:05:00Z", "message": {}, "reason": "{reason}", "source": {{"component": "{component}"}}}}], "kind": "List"}}"#,
        Value::from(message)
    );
    let got: Vec<String> = described(&text)
        .into_iter()
        .map(|told| {
            told.replace(" container=shop-1 container_name=shop", "")
                .replace(" name=shop-1 namespace=prod", "")
        })
        .collect();
    assert_eq!(got, expected, "{reason}: {message}");
}

#[test]
fn reasons() {
    let pod = |reason, message, expected: &[&str]| {
        check_event("Pod", "kubelet", reason, message, expected);
    };
    pod("Started", "Started container shop", &["3 container-started 12:05:00 reason=Started"]);
    pod("Pulled", "Container image \"shop:1.9\" already present on machine", &[]);
    pod("BackOff", "Back-off restarting failed container shop in pod shop-1_prod(0f3)", &[]);
    pod(
        "Unhealthy",
        "Liveness probe failed: Get \"http://10.42.0.19:8080/healthz\": context deadline exceeded",
        &["3 container-unhealthy 12:05:00 pod_ip=10.42.0.19 reason=Unhealthy"],
    );
    pod("Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503", &[]);
    pod(
        "Killing",
        "Container shop failed liveness probe, will be restarted",
        &["3 container-killed 12:05:00 by=health check reason=Killing signal=15"],
    );
    pod("Killing", "Stopping container shop", &["3 container-stopped 12:05:00 reason=Killing"]);
    pod(
        "Evicted",
        "The node was low on resource: memory. Threshold quantity: 100Mi, available: 90Mi.",
        &["3 manager-memory-limit 12:05:00 killer=kubelet reason=Evicted"],
    );
    pod("FailedScheduling", "0/3 nodes are available: 3 Insufficient memory.", &[]);
}

#[test]
fn the_kernels_word_is_believed_from_its_monitor_alone() {
    let line = "Memory cgroup out of memory: Killed process 3103923 (stress-ng-vm) total-vm:15791416kB, anon-rss:14369596kB, file-rss:4kB, shmem-rss:36kB, UID:0 pgtables:28184kB oom_score_adj:1000";
    let text = |component: &str| {
        format!(
            r#"{{"apiVersion": "v1", "items": [{{"kind": "Event", "lastTimestamp": "2026-12-24T12:05:00Z", "message": "{line}", "involvedObject": {{"kind": "Node", "name": "n1"}}, "reason": "OOMKilling", "source": {{"component": "{component}"}}}}]}}"#
        )
    };
    let taken = read(text("kernel-monitor").as_bytes()).unwrap();
    let kill = taken.events.iter().find_map(|event| event.oom.as_ref()).unwrap();
    assert_eq!((kill.victim.pid, kill.victim.comm.as_str()), (Some(3_103_923), "stress-ng-vm"));
    assert!(read(text("my-app").as_bytes()).unwrap().events.is_empty());
    check_event(
        "Node",
        "kubelet",
        "SystemOOM",
        "System OOM encountered, victim process: nginx, pid: 9295",
        &["3 oom-invoked 12:05:00"],
    );
    check_event(
        "Node",
        "kubelet",
        "Rebooted",
        "Node node-1 has been rebooted, boot id: e08fb191-1f1b-4c11-9f6b-b0469da7763e",
        &["3 kernel-boot 12:05:00"],
    );
    check_event("Node", "node-controller", "Rebooted", "Node node-1 status is now: Rebooted", &[]);
}

#[test]
fn lines_of_objects_are_a_log() {
    let audit = "{\"kind\":\"Event\",\"apiVersion\":\"audit.k8s.io/v1\",\"level\":\"Metadata\"}\n";
    assert!(!looks_like_objects(audit.as_bytes()));
    let lines =
        "{\"apiVersion\":\"v1\",\"kind\":\"Event\"}\n{\"apiVersion\":\"v1\",\"kind\":\"Event\"}\n";
    assert!(!looks_like_objects(lines.as_bytes()));
    assert_eq!(read(b"{\"apiVersion\": \"v1\", \"items\": ["), None);
}
