#!/bin/bash
# base.sh TAR: an image like Docker's debian:bookworm-slim from this machine's own Debian mirror,
# with the certificate authorities and Maven's settings that this machine needs to fetch anything.
set -euo pipefail
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
mkdir -p "$made/etc/apt/apt.conf.d" "$made/etc/dpkg/dpkg.cfg.d" "$made/root/.m2" \
    "$made/usr/local/share/ca-certificates"
cat >"$made/etc/apt/apt.conf.d/docker-clean" <<'END'
DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb || true"; };
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
END
apt-config dump | grep -i '^Acquire::https\?::.*proxy' >"$made/etc/apt/apt.conf.d/machine" || true
printf 'path-exclude %s\n' '/usr/share/doc/*' '/usr/share/man/*' '/usr/share/locale/*' \
    '/usr/share/info/*' >"$made/etc/dpkg/dpkg.cfg.d/docker"
cp /usr/local/share/ca-certificates/*.crt "$made/usr/local/share/ca-certificates/" 2>/dev/null ||
    true
[[ ! -r ~/.m2/settings.xml ]] || cp ~/.m2/settings.xml "$made/root/.m2/"

# The sources are those of this machine, of the release that the image is of.
sources=()
# shellcheck disable=SC2016 # apt-get's own variables
while read -r uri suite component; do
    sources+=("deb $uri $suite $component")
done < <(apt-get indextargets --format '$(CREATED_BY) $(REPO_URI) $(CODENAME) $(COMPONENT)' |
    awk '$1 == "Packages" && $3 ~ /^bookworm/ && $4 == "main" { print $2, $3, $4 }' | sort -u)
[[ ${#sources[@]} -gt 0 ]] || {
    echo "base.sh: apt knows no source of bookworm; apt-get update?" >&2
    exit 1
}

# shellcheck disable=SC2016 # mmdebstrap's own argument
mmdebstrap --quiet --variant=minbase --include=ca-certificates \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/info/*' \
    --customize-hook="copy-in $made/etc $made/root $made/usr /" \
    --customize-hook='chroot "$1" update-ca-certificates >/dev/null' \
    --customize-hook='rm -f "$1"/var/cache/apt/*.bin' \
    bookworm "$1" "${sources[@]}"
