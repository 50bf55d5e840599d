"""The software bill of materials: what the programs are made of, as CycloneDX 1.5 in JSON.

    sbom.py --version V PROGRAM... [--jars FOLDER] [--maven REPOSITORY]

Libraries: the Debian packages of the shared objects that the programs load (as ldd resolves them here), and of
the two JavaScript libraries inside the collector; their licences are those that the package's copyright file
names. Jars: those of deploy/kafka/jars.sha256, with its hashes; their licences are of Maven's poms, a parent's
where a pom has none, or else what the jar itself says. A part whose licence cannot be told ends it with 1."""
import argparse
import json
import re
import subprocess
import sys
import uuid
import xml.etree.ElementTree as xml
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EMBEDDED = ("libjs-leaflet", "libjs-chart.js")  # collector/CMakeLists.txt
DOC = Path("/usr/share/doc")
# Short names of Debian and words of poms, as SPDX calls them.
SPDX = {
    "expat": "MIT", "mit": "MIT", "the mit license": "MIT", "mit license": "MIT",
    "bsd-2-clause": "BSD-2-Clause", "bsd-3-clause": "BSD-3-Clause", "bsd-1-clause": "BSD-1-Clause",
    "apache-2.0": "Apache-2.0", "isc": "ISC", "zlib": "Zlib", "curl": "curl", "openssl": "OpenSSL",
    "lgpl-2": "LGPL-2.0-only", "lgpl-2+": "LGPL-2.0-or-later", "lgpl-2.1": "LGPL-2.1-only",
    "lgpl-2.1+": "LGPL-2.1-or-later", "lgpl-3+": "LGPL-3.0-or-later", "gpl-2": "GPL-2.0-only",
    "gpl-2+": "GPL-2.0-or-later", "gpl-3": "GPL-3.0-only", "gpl-3+": "GPL-3.0-or-later",
    "epl-2.0": "EPL-2.0", "epl 2.0": "EPL-2.0", "edl-1.0": "BSD-3-Clause", "edl 1.0": "BSD-3-Clause",
    "cc0": "CC0-1.0", "cc0-1.0": "CC0-1.0", "public domain, per creative commons cc0": "CC0-1.0",
    "bsd 2-clause": "BSD-2-Clause", "2-clause bsd license": "BSD-2-Clause", "bsd-3-clause license": "BSD-3-Clause",
    "the bsd 3-clause license": "BSD-3-Clause", "new bsd license": "BSD-3-Clause",
    "eclipse public license v. 2.0": "EPL-2.0", "eclipse distribution license - v 1.0": "BSD-3-Clause",
    "eclipse public license - version 2.0": "EPL-2.0", "lgpl 2.1": "LGPL-2.1-only", "mpl 1.1": "MPL-1.1",
    "the mit license (mit)": "MIT", "bsd 2-clause license": "BSD-2-Clause", "bsd-3": "BSD-3-Clause",
    "bsd3": "BSD-3-Clause", "go license": "BSD-3-Clause", "openldap-2.8": "OLDAP-2.8",
    "mpl-1.1": "MPL-1.1", "mozilla public license version 1.1": "MPL-1.1",
}
# Of jars that do not say it themselves, as their poms do: a repository need not be there.
OF_POMS = {"hash4j-0.22.0": "Apache-2.0", "lz4-java-1.8.0": "Apache-2.0", "metrics-core-2.2.0": "Apache-2.0",
           "pcollections-4.0.2": "MIT", "re2j-1.8": "BSD-3-Clause", "slf4j-api-1.7.36": "MIT"}
APACHE_2 = re.compile(r"apache.*(2\.0|license-2|\b2\b)", re.I)
# A copyright file in prose: the words by which licences call themselves.
PROSE = (("GNU Lesser General Public License", "LGPL-2.1-or-later"), ("GNU General Public License", "GPL-2.0-or-later"),
         ("Apache License", "Apache-2.0"), ("Permission is hereby granted, free of charge", "MIT"),
         ("Redistribution and use in source and binary forms", "BSD-3-Clause"),
         ("public domain", "public-domain"), ("OpenLDAP Public License", "OLDAP-2.8"))
POM = "{http://maven.apache.org/POM/4.0.0}"


def licence(name):
    name = " ".join(name.split())
    known = "Apache-2.0" if APACHE_2.search(name) else SPDX.get(name.lower())
    return {"license": {"id": known} if known else {"name": name}}


def licences(names):
    """Each once, in the order of their names."""
    return [json.loads(text) for text in sorted({json.dumps(licence(name)) for name in names if name.strip()})]


def run(*words):
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def objects(program):
    """The shared objects that it loads."""
    return set(re.findall(r"=> (/\S+)", run("ldd", program)))


def packages_of(paths):
    """{path: package}; dpkg knows a file by its path of before or of after /lib became a link."""
    names = {path: {path, path.removeprefix("/usr"), str(Path(path).resolve())} for path in paths}
    names = {path: own | {name.removeprefix("/usr") for name in own} for path, own in names.items()}
    answer = subprocess.run(["dpkg-query", "-S", *sorted(set().union(*names.values()))],
                            capture_output=True, text=True).stdout
    owners = {line.rpartition(": ")[2]: line.split(":", 1)[0] for line in answer.splitlines()}
    found = {path: next((owners[name] for name in own if name in owners), None) for path, own in names.items()}
    nobodys = [path for path, package in found.items() if package is None]
    return found if not nobodys else sys.exit(f"sbom: no package has {', '.join(nobodys)}")


def named_in(copyright_file):
    """Names of licences; of a machine-readable file (DEP 5) the short ones."""
    text = copyright_file.read_text(errors="replace")
    if text.startswith("Format:") or "\nFormat:" in text[:500]:
        short = re.findall(r"^License:[ \t]*(\S.*)$", text, re.M)
        return [name for line in short for name in re.split(r",?\s+(?:or|and)\s+|\s*,\s*", line) if name]
    return [name for words, name in PROSE if words.lower() in text.lower()]


def library(package):
    version, arch, page, source = run(
        "dpkg-query", "-W", "-f", "${Version}\t${Architecture}\t${Homepage}\t${source:Package}\n",
        package).splitlines()[0].split("\t")
    found = {"type": "library", "name": package, "version": version,
             "bom-ref": f"deb:{package}", "purl": f"pkg:deb/debian/{package}@{version.replace('+', '%2B')}?arch={arch}",
             "licenses": licences(named_in(DOC / package / "copyright")),
             "properties": [{"name": "debian:source", "value": source}]}
    if page:
        found["externalReferences"] = [{"type": "website", "url": page}]
    return found


def poms_of(maven):
    """{"name-version": path} of a repository, of those beside their jars."""
    return {path.stem: path for path in maven.rglob("*.pom") if path.with_suffix(".jar").is_file()}


def licences_of_pom(tree, maven):
    names = [one.findtext(f"{POM}name") or one.findtext(f"{POM}url") or ""
             for one in tree.iterfind(f"{POM}licenses/{POM}license")]
    parent = tree.find(f"{POM}parent")
    if names or parent is None:
        return names
    group, artifact, version = (parent.findtext(POM + name) for name in ("groupId", "artifactId", "version"))
    path = maven / group.replace(".", "/") / artifact / version / f"{artifact}-{version}.pom"
    return licences_of_pom(xml.parse(path).getroot(), maven) if path.is_file() else []


def licences_of_jar(jar, maven):
    """What is written in it: its own pom, the name in its manifest, or the licence's text."""
    with zipfile.ZipFile(jar) as archive:
        names = archive.namelist()
        for name in names:
            if name.startswith("META-INF/maven/") and name.endswith("/pom.xml"):
                found = licences_of_pom(xml.fromstring(archive.read(name)), maven)
                if found:
                    return found
        manifest = archive.read("META-INF/MANIFEST.MF").decode(errors="replace").replace("\r\n ", "").replace("\n ", "")
        said = re.search(r"^Bundle-License: *(.+)$", manifest, re.M)
        if said:
            return [part.split(";")[0].strip('" ') for part in said[1].split(",")]
        for name in names:
            if re.fullmatch(r"(META-INF/)?(LICENSE|LICENSE\.txt|LICENSE\.md)", name):
                return [archive.read(name).decode(errors="replace").strip().splitlines()[0]]
    return []


def group_of(pom):
    tree = xml.parse(pom).getroot()
    return tree.findtext(f"{POM}groupId") or tree.findtext(f"{POM}parent/{POM}groupId")


def jar_component(name, sha256, arguments, pom):
    stem = name.removesuffix(".jar")
    artifact, version = re.fullmatch(r"(.+?)-(\d.*)", stem).groups()
    names = licences_of_pom(xml.parse(pom).getroot(), arguments.maven) if pom else []
    if not names and (arguments.jars / name).is_file():
        names = licences_of_jar(arguments.jars / name, arguments.maven) or [OF_POMS.get(stem, "")]
    group = group_of(pom) if pom else None
    return {"type": "library", "name": artifact, "version": version, "bom-ref": f"jar:{stem}",
            **({"group": group} if group else {}),
            "purl": f"pkg:maven/{group + '/' if group else ''}{artifact}@{version}",
            "hashes": [{"alg": "SHA-256", "content": sha256}], "licenses": licences(names)}


def program_component(program, version):
    return {"type": "application", "name": program.name, "version": version, "bom-ref": program.name,
            "purl": f"pkg:generic/carrito/{program.name}@{version}", "licenses": licences(["Apache-2.0"])}


def bill(arguments):
    """{the document}"""
    loaded = {program: objects(program) for program in arguments.programs}
    owner = packages_of(set().union(*loaded.values()))
    loads = {program: sorted({*(owner[path] for path in paths),
                              *(EMBEDDED if program.name == "carrito-collector" else ())})
             for program, paths in loaded.items()}
    rows = [line.split() for line in (ROOT / "deploy/kafka/jars.sha256").read_text().splitlines() if line]
    poms = poms_of(arguments.maven)
    jars = [jar_component(name, sha256, arguments, poms.get(name.removesuffix(".jar"))) for sha256, name in rows]
    kafka = {"type": "application", "name": "carrito-kafka", "version": arguments.version, "bom-ref": "carrito-kafka",
             "description": "Apache Kafka, as carrito-kafka-install fetches it", "licenses": licences(["Apache-2.0"])}
    packages = sorted({package for found in loads.values() for package in found})
    return {
        "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'carrito/{arguments.version}')}",
        "metadata": {"component": {"type": "application", "name": "carrito", "version": arguments.version,
                                   "bom-ref": "carrito", "licenses": licences(["Apache-2.0"])}},
        "components": [*(program_component(program, arguments.version) for program in loads), kafka,
                       *(library(package) for package in packages), *jars],
        "dependencies": [
            {"ref": "carrito", "dependsOn": [*(program.name for program in loads), "carrito-kafka"]},
            *({"ref": program.name, "dependsOn": [f"deb:{one}" for one in found]} for program, found in loads.items()),
            {"ref": "carrito-kafka", "dependsOn": [jar["bom-ref"] for jar in jars]}]}


def main():
    parser = argparse.ArgumentParser(description="The software bill of materials.")
    parser.add_argument("--version", required=True)
    parser.add_argument("--jars", type=Path, default=ROOT / ".dev/kafka-libs")
    parser.add_argument("--maven", type=Path, default=Path.home() / ".m2/repository")
    parser.add_argument("programs", nargs="+", type=Path)
    document = bill(parser.parse_args())
    json.dump(document, sys.stdout, indent=1, ensure_ascii=False)
    print()
    unknown = [one["bom-ref"] for one in document["components"] if not one["licenses"]]
    if unknown:
        sys.exit(f"sbom: no licence is known of {', '.join(unknown)}")


main()
