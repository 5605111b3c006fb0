# shellcheck shell=bash
# What the scripts share: finding and installing what a bare machine lacks. Sourced, never run by itself.
# Installs only what is missing, and asks the package index only when something is. Starts no server.
# Expects `set -euo pipefail` of its callers.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
oldest_postgres=14
# Cargo.toml is the one place that says which Rust is needed.
oldest_rust=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' "$root/Cargo.toml")

# say CHINESE ENGLISH: to standard error. Chinese only where the locale is Chinese: a text console without one shows boxes.
say() {
    case ${LC_ALL:-${LC_MESSAGES:-${LANG:-}}} in
        zh*) printf '%s\n' "$1" >&2 ;;
        *) printf '%s\n' "$2" >&2 ;;
    esac
}

# fail CHINESE ENGLISH: says it and ends the script.
fail() {
    say "$1" "$2"
    exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# at_least OLDEST VERSION
at_least() { [ -n "$2" ] && [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# names_data_dir ARGUMENTS…: whether they, or the environment, say where the data is, on this machine or on a server.
names_data_dir() {
    [ -z "${LAWGATE_DATA_DIR:-}${LAWGATE_DATABASE_URL:-}${LAWGATE_DATABASE_URL_FILE:-}" ] || return 0
    local argument
    for argument in "$@"; do
        case $argument in
            --data-dir | --data-dir=* | --database-url | --database-url=* | --config | --config=*) return 0 ;;
        esac
    done
    return 1
}

# account_can_enter DIRECTORY: whether root's database, which runs as `lawgate` or else `postgres`, could be kept below it.
# Where nobody can tell, the program itself will.
account_can_enter() {
    local account
    for account in lawgate postgres; do
        id -u "$account" >/dev/null 2>&1 || continue
        have setpriv || return 0
        setpriv --reuid "$account" --regid "$(id -g "$account")" --init-groups -- test -x "$1" && return 0
        return 1
    done
    return 0
}

# need_everything: PostgreSQL's server, a linker and a Rust toolchain are there when this returns.
need_everything() {
    remove_stale_switch
    local packages=() things=() # shown to a person whose package manager is unknown
    have_postgres || {
        packages+=(postgresql)
        things+=("PostgreSQL server >= $oldest_postgres")
    }
    local rust_missing=''
    find_rust || {
        rust_missing=yes
        things+=("Rust >= $oldest_rust (https://rustup.rs)")
    }
    # A compiler without the C library's start files cannot link: gcc alone on Debian.
    { have cc && [ "$(cc -print-file-name=Scrt1.o)" != Scrt1.o ]; } || packages+=(build-essential)
    have_certificates || packages+=(ca-certificates)
    [ -z "$rust_missing" ] || have rustup || have curl || have wget || packages+=(curl)
    # Nothing here runs git, so its absence alone is no reason to install: it comes along for those who go on to work on the code.
    [ ${#packages[@]} = 0 ] || have git || packages+=(git)

    [ ${#packages[@]} = 0 ] || install_packages "${packages[@]}"
    [ -z "$rust_missing" ] || install_rust
}

# need_verifier: Python and its Ed25519 package, with which a test checks the log in another language.
need_verifier() {
    python3 -c 'import cryptography' 2>/dev/null || install_packages python3-cryptography
}

# have_postgres: looks where the program looks. What LAWGATE_PG_BIN names is for the program itself to judge.
have_postgres() {
    [ -n "${LAWGATE_PG_BIN:-}" ] || postgres_bin >/dev/null
}

# postgres_bin: the directory of a server's programs that is new enough, or returns 1. With several, the first that is found.
postgres_bin() {
    [ -z "${LAWGATE_PG_BIN:-}" ] || { printf '%s\n' "$LAWGATE_PG_BIN" && return 0; }
    local dir on_path=''
    have postgres && on_path=$(dirname "$(readlink -f "$(command -v postgres)")")
    for dir in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /usr/local/pgsql*/bin /opt/postgresql*/bin /opt/pgsql*/bin \
        /opt/postgresql/*/bin ${on_path:+"$on_path"}; do
        if ! [ -x "$dir/postgres" ] || ! [ -x "$dir/initdb" ]; then continue; fi
        at_least "$oldest_postgres" "$("$dir/postgres" --version 2>/dev/null | sed -n 's/^postgres (PostgreSQL) \([0-9.]*\).*/\1/p')" && printf '%s\n' "$dir" && return 0
    done
    return 1
}

have_certificates() {
    [ -n "${SSL_CERT_FILE:-}" ] || [ -e /etc/ssl/certs/ca-certificates.crt ] || [ -e /etc/pki/tls/certs/ca-bundle.crt ] ||
        [ -e /etc/ssl/cert.pem ] || [ -e /etc/ssl/ca-bundle.pem ]
}

# find_rust: puts a toolchain that is new enough on the path, or returns 1. Downloads nothing and changes no default.
find_rust() {
    rust_works && return 0
    local cargo_bin=${CARGO_HOME:-${HOME:-/root}/.cargo}/bin
    if [ -x "$cargo_bin/cargo" ] || [ -x "$cargo_bin/rustup" ]; then
        PATH=$cargo_bin:$PATH
        rust_works && return 0
    fi
    have rustup || return 1
    local toolchain
    for toolchain in $(rustup toolchain list 2>/dev/null | sed -n 's/^\(\(stable\|[0-9]\)[^ ]*\).*/\1/p' | sort -rV); do
        RUSTUP_TOOLCHAIN=$toolchain rust_works || continue
        export RUSTUP_TOOLCHAIN=$toolchain
        return 0
    done
    return 1
}

# Without RUSTUP_AUTO_INSTALL=0 merely asking rustup's cargo for its version can download a toolchain.
rust_works() {
    have cargo && have rustc || return 1
    local rustc cargo
    rustc=$(RUSTUP_AUTO_INSTALL=0 rustc --version 2>/dev/null) && cargo=$(RUSTUP_AUTO_INSTALL=0 cargo --version 2>/dev/null) || return 1
    at_least "$oldest_rust" "$(cut -d ' ' -f 2 <<<"$rustc")" && at_least "$oldest_rust" "$(cut -d ' ' -f 2 <<<"$cargo")"
}

# install_packages NAME…: by apt-get, without a question. Reads `things` of its caller.
install_packages() {
    if ! have apt-get; then
        local list
        list=$(printf '; %s' "${things[@]:-a C compiler, linker and ca-certificates}")
        fail "本机不是 Debian 或 Ubuntu，无法自动安装。请先安装两样：PostgreSQL 服务器 ${oldest_postgres} 或更高版本，Rust ${oldest_rust} 或更高版本及 C 链接器，然后重新运行。缺少：${list#; }" \
            "This machine has no apt-get, so nothing can be installed for you. Install two things, a PostgreSQL server >= $oldest_postgres and Rust >= $oldest_rust with a C linker, and run this again. Missing: ${list#; }"
    fi
    if [ "$(id -u)" != 0 ] && ! have sudo; then
        fail "缺少软件包，而本账户既非 root 也没有 sudo。请管理员运行：apt-get install --no-install-recommends $*" \
            "Packages are missing and this account is neither root nor has sudo. Ask an administrator to run: apt-get install --no-install-recommends $*"
    fi
    say "正在安装：$*" "Installing: $*"
    local apt=(as_root env DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=a apt-get -q -y -o DPkg::Lock::Timeout=300)
    # One broken third-party list fails the update as a whole, while Debian's own lists arrived: the installation decides.
    "${apt[@]}" update >&2 || say "软件包列表更新不完整，继续安装。" "The package lists were not all updated; going on with what there is."
    # In a shell of its own, whose end takes the switch away, whatever traps the caller has.
    (
        trap allow_main_cluster EXIT
        no_main_cluster && "${apt[@]}" install --no-install-recommends "$@" >&2
    ) ||
        fail "安装失败，原因见上。请处理后重新运行。" "The installation failed for the reason above. Mend it and run this again."
    have_postgres ||
        fail "本系统的 postgresql 软件包版本低于 ${oldest_postgres}。请按 https://wiki.postgresql.org/wiki/Apt 安装更高版本后重新运行。" \
            "This system's package postgresql is older than version $oldest_postgres. Install a newer one as https://wiki.postgresql.org/wiki/Apt says, and run this again."
}

# Debian's package makes a cluster of its own on port 5432 and starts it at once. lawgate has its own cluster and nobody asked for
# that one, so it is switched off while the package is being installed, and only then: what is installed later is another's choice.
cluster_switch=/etc/postgresql-common/createcluster.d/lawgate-install.conf
no_main_cluster() {
    as_root mkdir -p "$(dirname "$cluster_switch")" &&
        as_root sh -c "printf '# process %s\n%s\n' $$ 'create_main_cluster = false' > $cluster_switch"
}
allow_main_cluster() { as_root rm -f "$cluster_switch"; }

# remove_stale_switch: a script that was killed while it installed has left the switch behind, and every later installation of
# PostgreSQL would go without its cluster.
remove_stale_switch() {
    [ -e "$cluster_switch" ] || return 0
    local process
    process=$(sed -n 's/^# process \([0-9]*\)$/\1/p' "$cluster_switch")
    if [ -n "$process" ] && [ -d "/proc/$process" ]; then return 0; fi
    if [ "$(id -u)" = 0 ] || have sudo; then
        allow_main_cluster
    else
        say "中断的安装留下了 $cluster_switch，请管理员删除。" "An interrupted installation left $cluster_switch behind; ask an administrator to remove it."
    fi
}

# install_rust: by rustup, which is fetched where there is none. Leaves the user's shell files and default toolchain alone.
install_rust() {
    if have rustup; then
        say "正在用 rustup 安装 Rust ${oldest_rust}。" "Installing Rust $oldest_rust with rustup."
        rustup toolchain install "$oldest_rust" --profile minimal --no-self-update >&2 || rust_not_installed
    else
        say "正在从 https://sh.rustup.rs 安装 Rust ${oldest_rust}。" "Installing Rust $oldest_rust from https://sh.rustup.rs."
        # An older cargo of the system stays where it is; without this the installer stops to ask about it.
        fetch https://sh.rustup.rs |
            RUSTUP_INIT_SKIP_PATH_CHECK=yes sh -s -- -y --no-modify-path --profile minimal --default-toolchain "$oldest_rust" >&2 ||
            rust_not_installed
    fi
    find_rust || rust_not_installed
}

# fetch URL: to standard output.
fetch() {
    if have curl; then curl --proto '=https' --tlsv1.2 -fsSL "$1"; else wget -q -O - "$1"; fi
}

rust_not_installed() {
    fail "Rust ${oldest_rust} 未能安装。请按 https://rustup.rs 安装 Rust ${oldest_rust} 或更高版本后重新运行。" \
        "Rust $oldest_rust could not be installed. Install Rust >= $oldest_rust as https://rustup.rs says, and run this again."
}

# build_release: builds the program and prints its path, which cargo itself names: the target directory and the target can be
# moved by variables and by settings of the user's.
build_release() {
    local built
    built=$(cd "$root" && cargo build --release --locked --message-format=json-render-diagnostics | built_program) &&
        [ -n "$built" ] && printf '%s\n' "$built"
}

# built_program: the path of the program among cargo's messages.
built_program() {
    sed -n 's/^{"reason":"compiler-artifact",.*"kind":\["bin"\].*"name":"lawgate",.*"executable":"\([^"]*\)".*/\1/p'
}
