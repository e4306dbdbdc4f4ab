"""What deploy/ has for Docker, Compose, Kubernetes and systemd, held against each one's own rules, and against ours.

Docker and Kubernetes are not run here; docs/running.md says so.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.browser.driver import ROOT
from web import health

DEPLOY = ROOT / "deploy"
TOOLS = Path(sys.executable).parent
UNIT = DEPLOY / "systemd" / "vink@.service"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text("utf-8")
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
OBJECTS = {one["kind"]: one for one in yaml.safe_load_all((DEPLOY / "kubernetes" / "vink.yaml").read_text("utf-8"))}


def said(*command: str | Path) -> tuple[int, str]:
    ended = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False)
    return ended.returncode, ended.stdout + ended.stderr


@pytest.mark.parametrize(
    "command",
    [
        ("hadolint", DEPLOY / "Dockerfile"),
        ("check-jsonschema", "--builtin-schema", "vendor.compose-spec", DEPLOY / "compose.yaml"),
        ("kubernetes-validate", "--strict", DEPLOY / "kubernetes" / "vink.yaml"),
    ],
    ids=lambda command: command[0],
)
def test_each_file_keeps_the_rules_of_its_own_kind(command: tuple[str, ...]):
    code, told = said(TOOLS / command[0], *command[1:])
    assert code == 0, told


def test_a_fault_in_a_file_would_be_found(tmp_path: Path):
    """The three tools do look: each refuses a file that is wrong in one place."""
    wrong = tmp_path / "Dockerfile"
    wrong.write_text(re.sub("^FROM .*$", "FROM python", DOCKERFILE, flags=re.MULTILINE), "utf-8")
    assert said(TOOLS / "hadolint", wrong)[0] != 0
    compose = tmp_path / "compose.yaml"
    compose.write_text(yaml.safe_dump(COMPOSE | {"services": {"nginx": {"imagge": "nginx"}}}), "utf-8")
    assert said(TOOLS / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", compose)[0] != 0
    kubernetes = tmp_path / "vink.yaml"
    kubernetes.write_text(yaml.safe_dump(OBJECTS["Service"] | {"spec": {"ports": "80"}}), "utf-8")
    assert said(TOOLS / "kubernetes-validate", "--strict", kubernetes)[0] != 0


def test_systemd_finds_no_fault_in_the_unit_and_little_that_it_could_reach(tmp_path: Path):
    copy = tmp_path / UNIT.name
    here = tmp_path / "vink"
    here.symlink_to(ROOT)  # whose own name may hold a space
    copy.write_text(UNIT.read_text("utf-8").replace("/opt/vink", str(here)), "utf-8")
    code, told = said("systemd-analyze", "verify", copy)
    assert code == 0 and str(copy.name) not in told, told
    code, told = said("systemd-analyze", "security", "--offline=true", "--threshold=15", copy)
    assert code == 0, told  # at most 1.5 of 10


def replicas() -> list[dict]:
    return [COMPOSE["services"][name] for name in ("replica-1", "replica-2")]


def test_no_container_is_root_writes_to_its_disk_or_gains_rights():
    pod = OBJECTS["Deployment"]["spec"]["template"]["spec"]
    inside = pod["containers"][0]["securityContext"]
    assert re.findall(r"^USER (\S+)", DOCKERFILE, re.MULTILINE) == ["10001:10001"]
    for service in COMPOSE["services"].values():
        assert service["read_only"] and service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
    assert pod["securityContext"]["runAsNonRoot"] and inside["readOnlyRootFilesystem"]
    assert not inside["allowPrivilegeEscalation"] and inside["capabilities"]["drop"] == ["ALL"]


def test_releases_are_mounted_to_be_read_and_records_nowhere():
    pod = OBJECTS["Deployment"]["spec"]["template"]["spec"]
    mounts = [volume for service in replicas() for volume in service["volumes"]]
    assert len(mounts) == 2 and all(mount.endswith(":/releases:ro") for mount in mounts)
    mounted = {mount["name"]: mount for mount in pod["containers"][0]["volumeMounts"]}
    assert mounted["releases"]["readOnly"]
    copied = re.findall(r"^COPY (?:--from=\S+ )?(\S+)", DOCKERFILE, re.MULTILINE)
    assert "data" not in copied and "." not in copied


def test_the_image_has_every_folder_that_the_web_process_imports():
    copied = set(re.findall(r"^COPY (\S+) ", DOCKERFILE, re.MULTILINE))
    assert {"app.py", "pages", "queries", "text", "ui", "web", ".streamlit"} <= copied
    allowed = (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8")
    assert all(f"!{name}" in allowed for name in copied - {"--from=packages"})


def test_replicas_have_names_that_the_proxy_knows_and_share_their_secret():
    known = re.findall(r"^    upstream (\w+)", (DEPLOY / "nginx" / "nginx.conf").read_text("utf-8"), re.MULTILINE)
    assert sorted(service["environment"]["VINK_REPLICA"] for service in replicas()) == sorted(known)
    assert len({json.dumps(service["env_file"]) for service in replicas()}) == 1
    env = OBJECTS["Deployment"]["spec"]["template"]["spec"]["containers"][0]["env"]
    assert "STREAMLIT_SERVER_COOKIE_SECRET" in [one["name"] for one in env]


def test_every_probe_asks_an_address_that_there_is():
    ours = {route.path for route in health.routes()} | {"/_stcore/health"}  # type: ignore[attr-defined]
    container = OBJECTS["Deployment"]["spec"]["template"]["spec"]["containers"][0]
    asked = {container[f"{name}Probe"]["httpGet"]["path"] for name in ("liveness", "readiness", "startup")}
    assert asked <= ours and "/readyz" in asked
    assert "/healthz" in DOCKERFILE


def test_a_visitor_stays_with_a_pod():
    assert OBJECTS["Service"]["spec"]["sessionAffinity"] == "ClientIP"
    notes = OBJECTS["Ingress"]["metadata"]["annotations"]
    assert notes["nginx.ingress.kubernetes.io/affinity"] == "cookie"
