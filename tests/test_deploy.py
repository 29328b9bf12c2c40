"""What `deploy/` says fits the code: settings, commands, metrics, and the form of every file."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from fzbot.activities import photos
from fzbot.console.app import LARGEST_UPLOAD
from fzbot.runtime import metrics
from fzbot.settings import PREFIX, Settings
from fzbot.web.body_limit import FORM, KILOBYTE, MEGABYTE

DEPLOY = Path(__file__).parents[1] / "deploy"
MANIFESTS = sorted((DEPLOY / "kubernetes").rglob("*.yaml"))
KNOWN = {PREFIX + name.upper() for name in Settings.model_fields}


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def test_every_variable_named_is_a_setting() -> None:
    named = set()
    for path in DEPLOY.rglob("*"):
        if path.is_file():
            named |= set(re.findall(r"\bFZBOT_[A-Z_]+\b", text_of(path)))
    assert named
    assert named <= KNOWN


def test_dashboard_and_alerts_name_metrics_that_exist() -> None:
    page = metrics.page(dict.fromkeys(metrics.MADE_AT_A_LOOK, 1.0)).decode()
    exposed = set(re.findall(r"^# TYPE (fzbot_\w+)", page, re.MULTILINE))
    exposed |= {name + suffix for name in exposed for suffix in ("_bucket", "_count", "_total")}
    for path in (DEPLOY / "grafana" / "fzbot.json", DEPLOY / "prometheus" / "alerts.yaml"):
        named = set(re.findall(r"\bfzbot_\w+", text_of(path)))
        assert named <= exposed, path


def test_the_dashboard_is_json_and_every_panel_asks_something() -> None:
    dashboard = json.loads(text_of(DEPLOY / "grafana" / "fzbot.json"))
    assert all(panel["targets"][0]["expr"] for panel in dashboard["panels"])


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.stem)
def test_a_manifest_has_the_form_of_its_kind(path: Path) -> None:
    manifest: dict[str, Any] = yaml.safe_load(text_of(path))
    assert {"apiVersion", "kind"} <= set(manifest)
    if manifest["kind"] == "Kustomization":
        for resource in manifest["resources"]:
            assert (path.parent / resource).exists(), resource
    else:
        assert manifest["metadata"]["name"].startswith("fzbot")


def test_containers_run_without_privileges_on_a_read_only_root() -> None:
    pod = yaml.safe_load(text_of(DEPLOY / "kubernetes/base/stateful-set.yaml"))["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert pod["securityContext"]["runAsNonRoot"]
    assert container["securityContext"]["readOnlyRootFilesystem"]
    service = yaml.safe_load(text_of(DEPLOY / "compose.yaml"))["services"]["fzbot"]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert "USER fzbot" in text_of(DEPLOY / "Containerfile")


def test_nginx_keeps_the_platforms_limits() -> None:
    config = text_of(DEPLOY / "nginx.conf")
    assert f"client_max_body_size {FORM // KILOBYTE}k" in config
    assert config.count("{") == config.count("}")


def test_what_a_page_offers_to_take_passes_nginx_and_the_application() -> None:
    photos_of_an_activity = photos.MOST_PHOTOS * photos.LARGEST_FILE
    assert photos_of_an_activity == 12 * 20 * MEGABYTE
    assert photos_of_an_activity < LARGEST_UPLOAD
    limits = re.findall(r"client_max_body_size (\d+)m;", text_of(DEPLOY / "nginx.conf"))
    assert [int(most) * MEGABYTE for most in limits] == [LARGEST_UPLOAD]


def test_kubernetes_accepts_every_resource() -> None:
    """Against the schemas of the newest Kubernetes that the validator brings; an unknown field is a fault too."""
    resources = [yaml.safe_load(text_of(path)) for path in MANIFESTS]
    checked = [resource["kind"] for resource in resources if resource["kind"] != "Kustomization"]
    for resource in resources:
        if resource["kind"] != "Kustomization":
            kubernetes_validate.validate(resource, kubernetes_validate.latest_version(), strict=True)
    assert sorted(checked) == [
        "CronJob",
        "HorizontalPodAutoscaler",
        "Ingress",
        "Ingress",
        "Job",
        "NetworkPolicy",
        "PersistentVolumeClaim",
        "PodDisruptionBudget",
        "Service",
        "StatefulSet",
    ]


def rendered(overlay: str) -> dict[str, dict[str, Any]]:
    """The resources of an overlay by kind, as `kubectl apply -k` would send them."""
    command = ["kubectl", "kustomize", str(DEPLOY / "kubernetes" / overlay)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return {resource["kind"]: resource for resource in yaml.safe_load_all(done.stdout)}


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not on this machine")
@pytest.mark.parametrize("overlay", ["base", "county"])
def test_kubernetes_accepts_what_an_overlay_renders(overlay: str) -> None:
    resources = rendered(overlay)
    for resource in resources.values():
        kubernetes_validate.validate(resource, kubernetes_validate.latest_version(), strict=True)
        assert resource["metadata"]["namespace"] == "fzbot"
    assert {"StatefulSet", "PersistentVolumeClaim", "Service", "Ingress", "NetworkPolicy", "CronJob"} <= set(resources)


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not on this machine")
def test_the_county_leaves_the_number_of_pods_to_the_autoscaler() -> None:
    resources = rendered("county")
    pods, autoscaler = resources["StatefulSet"]["spec"], resources["HorizontalPodAutoscaler"]["spec"]
    assert autoscaler["scaleTargetRef"]["kind"] == "StatefulSet"
    assert "replicas" not in pods
    assert autoscaler["minReplicas"] > resources["PodDisruptionBudget"]["spec"]["minAvailable"]
    (container,) = pods["template"]["spec"]["containers"]
    assert container["envFrom"][0]["configMapRef"]["name"] == resources["ConfigMap"]["metadata"]["name"]
    assert container["envFrom"][1] == {"secretRef": {"name": "fzbot"}}


def manifest_of(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(text_of(DEPLOY / "kubernetes" / "base" / f"{name}.yaml"))
    return found


def test_what_must_last_outlives_a_pod() -> None:
    """The spool on a disk of each pod's own, photos and erasures on one that all share; nothing of it in an emptyDir."""
    spec = manifest_of("stateful-set")["spec"]
    pod = spec["template"]["spec"]
    (container,) = pod["containers"]
    mounts = {mount["mountPath"]: mount["name"] for mount in container["volumeMounts"]}
    own = {claim["metadata"]["name"]: claim["spec"]["accessModes"] for claim in spec["volumeClaimTemplates"]}
    shared = {volume["name"]: volume.get("persistentVolumeClaim") for volume in pod["volumes"]}
    assert own[mounts["/data"]] == ["ReadWriteOnce"]
    assert shared[mounts["/shared"]] == {"claimName": "fzbot-shared"}
    assert manifest_of("shared-volume")["spec"]["accessModes"] == ["ReadWriteMany"]
    assert set(spec["persistentVolumeClaimRetentionPolicy"].values()) == {"Retain"}
    assert {"name": "FZBOT_SHARED_DIR", "value": "/shared"} in container["env"]


def test_the_nightly_backup_goes_to_the_shared_volume() -> None:
    pod = manifest_of("backup")["spec"]["jobTemplate"]["spec"]["template"]
    (container,) = pod["spec"]["containers"]
    assert {"name": "shared", "mountPath": "/shared"} in container["volumeMounts"]
    assert "fzbot backup" in container["args"][0]
    selector = manifest_of("service")["spec"]["selector"]
    assert pod["metadata"]["labels"] != selector, "villagers' messages would go to it"


def is_led_in(path: str) -> bool:
    """Whether an ingress leads an address from outside to fzbot."""
    rules = [rule for name in ("ingress", "ingress-console") for rule in manifest_of(name)["spec"]["rules"]]
    return any(
        path == led["path"] or (led["pathType"] == "Prefix" and path.startswith(led["path"] + "/"))
        for rule in rules
        for led in rule["http"]["paths"]
    )


def test_the_ingress_leads_in_what_is_for_everybody_and_nothing_else() -> None:
    inside = ("/metrics", "/readyz", "/openapi.json", "/api/v1/docs", "/api/v1/openapi.json", "/simulator")
    assert [path for path in inside if is_led_in(path)] == []
    for path in (
        "/",
        "/wechat",
        "/wechat/town",
        "/a/x",
        "/n/1",
        "/kiosk/messages",
        "/assets/x",
        "/privacy",
        "/console/",
    ):
        assert is_led_in(path), path
    for path in ("/api/v1/answer", "/api/v1/stats", "/api/v1/entries", "/api/v1/entries/x"):
        assert is_led_in(path), path
    limits = [
        manifest_of(name)["metadata"]["annotations"]["nginx.ingress.kubernetes.io/proxy-body-size"]
        for name in ("ingress", "ingress-console")
    ]
    assert limits == [f"{FORM // KILOBYTE}k", f"{LARGEST_UPLOAD // MEGABYTE}m"]


def test_a_misspelt_field_is_found() -> None:
    resource = yaml.safe_load(text_of(DEPLOY / "kubernetes/base/stateful-set.yaml"))
    resource["spec"]["replica"] = resource["spec"].pop("replicas", 1)
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(resource, kubernetes_validate.latest_version(), strict=True)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not on this machine")
def test_units_verify() -> None:
    for unit in (*(DEPLOY / "systemd").glob("*.service"), *(DEPLOY / "systemd").glob("*.timer")):
        checked = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False)
        faults = [line for line in checked.stderr.splitlines() if "is not executable" not in line]
        assert not [line for line in faults if str(unit.name) in line and "Command" not in line], unit


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not on this machine")
@pytest.mark.parametrize("unit", ["fzbot.service", "fzbot-backup.service"])
def test_units_are_hardened(unit: str) -> None:
    """`systemd-analyze security`: 0 is sealed off, 10 is wide open; above the threshold it exits with an error."""
    command = ["systemd-analyze", "security", "--offline=true", "--threshold=20", str(DEPLOY / "systemd" / unit)]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout.splitlines()[-1]
