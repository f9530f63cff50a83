# Shared by the scripts: find things, install what is missing, say clearly what cannot be installed.
# Sourced, not run. Everything stays inside the checkout and VAR_DIR, except Debian's own packages.

ROOT=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
VENV="$ROOT/.venv"
PY="$VENV/bin/python"

# database, files and logs: where the environment or .env says, as the settings read it
VAR_DIR=${VAR_DIR:-$(sed -n 's/^VAR_DIR=//p' "$ROOT/.env" 2>/dev/null | tail -n 1)}
VAR_DIR=${VAR_DIR:-$ROOT/var}
case "$VAR_DIR" in /*) ;; *) VAR_DIR="$PWD/$VAR_DIR" ;; esac
export VAR_DIR
# what was installed is noted beside it, wherever the rest lies: it goes when that goes
PYTHON_STAMPS="$VENV/stamps"
NODE_STAMPS="$ROOT/node_modules/.stamps"

RUN_PACKAGES="libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig
  fonts-morisawa-bizud-gothic fonts-morisawa-bizud-mincho fonts-ipamj-mincho fonts-noto-cjk"
TEST_PACKAGES="postgresql poppler-utils qpdf softhsm2"
# a virtual card reader: the one test that needs it is left out without
CARD_PACKAGES="pcscd vsmartcard-vpcd"

say() { printf '%s\n' "$*"; }
fail() { printf '%s\n' "$*" >&2; exit 1; }

find_python() {
  for name in python3 python3.13 python3.12 python3.11; do
    command -v "$name" >/dev/null 2>&1 || continue
    "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue
    command -v "$name"
    return
  done
  fail "Python 3.11 or newer is needed (package python3)."
}

is_installed() { dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q 'install ok installed'; }

# install_packages NAME...: Debian packages that are not there yet
install_packages() {
  missing=""
  for package in "$@"; do is_installed "$package" || missing="$missing $package"; done
  [ -n "$missing" ] || return 0
  if ! command -v apt-get >/dev/null 2>&1; then fail "Please install these system packages first:$missing"; fi
  if [ "$(id -u)" = 0 ]; then sudo=""
  elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then sudo="sudo"
  else fail "Please run once: sudo apt-get install --no-install-recommends$missing"; fi
  say "Installing system packages:$missing"
  mkdir -p "$VAR_DIR"
  # shellcheck disable=SC2086
  { $sudo apt-get update && $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing
  } >"$VAR_DIR/apt.log" 2>&1 || { tail -n 5 "$VAR_DIR/apt.log" >&2; fail "The system packages could not be installed:$missing"; }
}

# try_packages NAME...: the same, tried once, for what can be done without
try_packages() {
  [ -f "$VAR_DIR/stamps/tried-packages" ] && [ "$(cat "$VAR_DIR/stamps/tried-packages")" = "$*" ] && return 0
  (install_packages "$@") || say "Left out: the tests that need them."
  mkdir -p "$VAR_DIR/stamps"
  printf '%s' "$*" >"$VAR_DIR/stamps/tried-packages"
}

# once STAMP KEY COMMAND...: run the command unless the stamp file holds the key already
once() {
  stamp=$1 key=$2
  shift 2
  if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$key" ]; then return 0; fi
  "$@" || exit 1
  mkdir -p "$(dirname "$stamp")"
  printf '%s' "$key" >"$stamp"
}

digest() { cat "$@" | sha256sum | cut -c1-16; }

make_venv() {
  python=$(find_python)
  if [ ! -x "$PY" ] || ! "$PY" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    # Debian ships venv apart from python3
    "$python" -c 'import ensurepip, venv' 2>/dev/null || install_packages python3-venv
    rm -rf "$VENV"
    "$python" -m venv "$VENV" || fail "The virtual environment could not be made."
  fi
}

pip_sync() {
  say "Installing Python packages ($1)"
  "$PY" -m pip install -qq --disable-pip-version-check --require-hashes -r "$ROOT/$1" \
    || fail "The Python packages of $1 could not be installed."
}

# node from the system when it is new enough, else from PyPI into the virtual environment
node_path() {
  for dir in "" "$VENV/bin"; do
    node="${dir:+$dir/}node"
    command -v "$node" >/dev/null 2>&1 && command -v "${dir:+$dir/}npm" >/dev/null 2>&1 || continue
    if "$node" -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null; then
      dirname "$(command -v "$node")"
      return
    fi
  done
}

npm_install() {
  say "Installing npm packages"
  dir=$(node_path)
  if [ -z "$dir" ]; then
    pip_sync requirements-node.txt
    dir="$VENV/bin"
  fi
  # npm empties the folder first: behind a link that would be another checkout's
  if [ -L "$ROOT/node_modules" ]; then rm "$ROOT/node_modules"; fi
  (cd "$ROOT" && PATH="$dir:$PATH" npm ci --silent --no-audit --no-fund "$@") || fail "The npm packages could not be installed."
}

copy_vendor() {
  mkdir -p "$VAR_DIR/vendor"
  cp "$ROOT/node_modules/@digital-go-jp/design-tokens/dist/tokens.css" "$VAR_DIR/vendor/tokens.css"
  cp "$ROOT/node_modules/jsqr/dist/jsQR.js" "$VAR_DIR/vendor/jsQR.js"
}

make_env_file() {
  [ -f "$ROOT/.env" ] && return 0
  say "Making .env with new secrets"
  (umask 077 && "$PY" - >"$ROOT/.env" <<'PYTHON'
import secrets

print("# Secrets of this installation. Keep them out of version control and back them up apart from the database.")
for name in ("SECRET_KEY", "AUDIT_KEY", "OUTBOX_KEY", "LINK_KEY", "SIGNING_KEY_PASSWORD"):
    print(f"{name}={secrets.token_urlsafe(48)}")
PYTHON
  ) || fail ".env could not be written."
}

# --- a private PostgreSQL cluster -----------------------------------------------------------------

as_ordinary_user() {
  # PostgreSQL refuses to run as root
  if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

start_postgresql() {
  PG_BIN=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
  [ -n "$PG_BIN" ] || fail "PostgreSQL's programs were not found (package postgresql)."
  PG_DIR=$(mktemp -d "${TMPDIR:-/tmp}/frontyard-pg.XXXXXX")
  [ "$(id -u)" = 0 ] && chown postgres "$PG_DIR"
  PG_PORT=$("$PY" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1]); s.close()')
  (cd / && as_ordinary_user "$PG_BIN/initdb" -D "$PG_DIR/data" -U frontyard -E UTF8 --locale=C.UTF-8 -A trust >"$VAR_DIR/postgresql.log" 2>&1) \
    || fail "PostgreSQL could not be prepared; see $VAR_DIR/postgresql.log."
  # a cluster for tests: nothing in it outlives the run, so no fsync; races open fifty connections, in several processes
  (cd / && as_ordinary_user "$PG_BIN/pg_ctl" -D "$PG_DIR/data" -w -l "$PG_DIR/log" \
    -o "-p $PG_PORT -c listen_addresses=127.0.0.1 -c unix_socket_directories=$PG_DIR -c max_connections=250 -c fsync=off -c synchronous_commit=off -c full_page_writes=off" \
    start >>"$VAR_DIR/postgresql.log" 2>&1) || fail "PostgreSQL could not be started; see $VAR_DIR/postgresql.log."
  PG_URL="postgres://frontyard@127.0.0.1:$PG_PORT/postgres"
}

stop_postgresql() {
  [ -n "${PG_DIR:-}" ] || return 0
  (cd / && as_ordinary_user "$PG_BIN/pg_ctl" -D "$PG_DIR/data" -m immediate stop >/dev/null 2>&1)
  rm -rf "$PG_DIR"
  PG_DIR=""
}
