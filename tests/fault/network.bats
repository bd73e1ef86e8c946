#!/usr/bin/env bats
# What the network does, each for real.
load helper

@test "a name that no DNS server knows is E-NET-DNS and names the look-up to try" {
    wrap=(netns 'ip link set lo up')
    ddlogs_test --site eu1
    expect E-NET-DNS 69 dns
    message_has "$intake_eu1"
    [ "$(get '.next[0]')" = "Look it up: getent hosts $intake_eu1" ]
}

@test "a DNS server that never answers is E-NET-DNS when the time is up" {
    wrap=(netns 'ip link set lo up; echo nameserver 127.0.0.53 >resolv; mount --bind resolv /etc/resolv.conf
        iptables -A INPUT -p udp --dport 53 -j DROP')
    ddlogs_test --site eu1 --timeout 1
    expect E-NET-DNS 69 dns
    message_has "1 s"
}

@test "a proxy name that nobody knows is E-NET-DNS-PROXY and names the variable" {
    wrap=(netns 'ip link set lo up')
    export HTTPS_PROXY=http://no-such-proxy.invalid:3128
    ddlogs_test --site eu1
    expect E-NET-DNS-PROXY 69 dns
    message_has HTTPS_PROXY
    message_has no-such-proxy.invalid
}

@test "a closed port is E-NET-REFUSED" {
    ddlogs_test --endpoint https://127.0.0.1:1 --site eu1
    expect E-NET-REFUSED 69 tcp
    [ "$(evidence tcp port)" = 1 ]
    [ "$(evidence tcp tried)$(evidence tcp address)" != nullnull ]
}

@test "a proxy that is not running is E-PROXY-REFUSED, told apart from a closed host" {
    export HTTPS_PROXY=http://127.0.0.1:1
    ddlogs_test --site eu1
    expect E-PROXY-REFUSED 69 tcp
    message_has HTTPS_PROXY
    [ "$(evidence tcp proxy)" = http://127.0.0.1:1 ]
}

@test "a firewall that drops packets is E-NET-TIMEOUT" {
    wrap=(netns 'ip link set lo up; iptables -A INPUT -p tcp --dport 443 -j DROP')
    ddlogs_test --endpoint https://127.0.0.1 --site eu1 --timeout 1
    expect E-NET-TIMEOUT 75 tcp
    [[ "$(get '.next | join(" ")')" == *"127.0.0.1 port 443"*ip-ranges.datadoghq.com* ]]
}

@test "a stage of a black hole ends by itself after five seconds" {
    wrap=(netns 'ip link set lo up; iptables -A INPUT -p tcp --dport 443 -j DROP')
    ddlogs_test --endpoint https://127.0.0.1 --site eu1
    expect E-NET-TIMEOUT 75 tcp
    [ "$(get '.stages[] | select(.stage == "tcp") | .ms >= 4900 and .ms < 6000')" = true ]
}

@test "no route is E-NET-UNREACH" {
    wrap=(netns true)
    ddlogs_test --endpoint https://10.9.9.9 --site eu1
    expect E-NET-UNREACH 69 tcp
}

@test "a router that says unreachable is E-NET-UNREACH" {
    wrap=(netns 'ip link set lo up
        iptables -A INPUT -p tcp --dport 443 -j REJECT --reject-with icmp-host-unreachable')
    ddlogs_test --endpoint https://127.0.0.1 --site eu1
    expect E-NET-UNREACH 69 tcp
}

@test "a connection that is reset within the handshake is E-NET-RESET" {
    start_peer reset
    ddlogs_test --endpoint "https://127.0.0.1:$peer_port" --site eu1
    expect E-NET-RESET 75 tls
}

@test "a connection that is reset within the answer is E-NET-RESET" {
    start_intake --fault reset@/api/v2/logs
    ddlogs_test --endpoint "http://127.0.0.1:$INTAKE_PORT" --site eu1
    expect E-NET-RESET 75 log
}

@test "an intake that never answers is E-NET-TIMEOUT at the stage that waited" {
    start_intake --fault hang@/api/v2/logs
    ddlogs_test --endpoint "http://127.0.0.1:$INTAKE_PORT" --site eu1 --timeout 1
    expect E-NET-TIMEOUT 75 log
}

@test "Ctrl-C ends a test that waits within 200 ms, and the object says so" {
    start_peer hold
    "$DDLOGS" test --json --manifest manifest.json --site eu1 \
        --endpoint "https://127.0.0.1:$peer_port" --api-key-fd 9 9<key >out 2>err 3>&- &
    pid=$!
    # it waits: the handshake has begun
    wait_until 10 test -s greeting
    begin=$(now_ms)
    kill -TERM "$pid"
    code=0
    wait "$pid" || code=$?
    [ $(($(now_ms) - begin)) -lt 200 ]
    verdict=$(tail -n 1 out)
    expect E-CANCELLED 130
    [ "$(get '.stages[] | select(.stage == "tls") | .result')" = run ]
}
