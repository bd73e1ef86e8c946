/* Rows of the error table: X(symbol, id, exit code, kind, title, causes, next steps).
 * Causes and steps: one a line, likeliest first. In the steps, the words HOST, PORT, PROXY and
 * APP_URL stand for what was met; a report puts it in (check/check.h). docs/errors.md is made from
 * this file, and every row has a test that provokes it. */
#ifndef DL_BASE_ERROR_TABLE_H
#define DL_BASE_ERROR_TABLE_H

#define DL_ERROR_TABLE(X)                                                                          \
    X(USAGE, "E-USAGE", 64, DL_KIND_FAIL, "The command line is not complete or not understood.",   \
      "A word or option is misspelled.\n"                                                          \
      "A required option is missing.",                                                             \
      "See what is taken: ddlogs COMMAND --help\n"                                                 \
      "All commands and options: man ddlogs")                                                      \
    X(VALUE, "E-VALUE", 65, DL_KIND_FAIL, "A value is not acceptable.",                            \
      "The value is misspelled or out of bounds.\n"                                                \
      "An environment variable holds it.",                                                         \
      "Correct the value that is named.\n"                                                         \
      "What is taken: man ddlogs-config")                                                          \
    X(SITE, "E-SITE", 65, DL_KIND_FAIL, "This is not a Datadog site.",                             \
      "The site is misspelled.\n"                                                                  \
      "The address is of another company, or of a page outside Datadog.",                          \
      "Use one of us1 us3 us5 eu1 ap1 ap2 uk1 us1-fed us2-fed.\n"                                  \
      "Or paste the address of your Datadog page, for example https://app.datadoghq.eu")           \
    X(TAG, "E-TAG", 65, DL_KIND_FAIL, "A tag is not acceptable.",                                  \
      "The key is reserved (host, device, source, service).\n"                                     \
      "It is empty or longer than 200 characters.\n"                                               \
      "It looks like a secret.",                                                                   \
      "Write tags as key:value, for example --tag env:prod\n"                                      \
      "source and service come from the integration and cannot be set.")                           \
    X(LIMIT, "E-LIMIT", 65, DL_KIND_FAIL, "An input is larger than its limit.",                    \
      "The file or value is not what was meant.",                                                  \
      "Check the path, and make the input smaller than the limit named.")                          \
    X(INTERNAL, "E-INTERNAL", 70, DL_KIND_FAIL, "This is a mistake in ddlogs.",                    \
      "A case that the program does not foresee.",                                                 \
      "Please report it with the text above and the file of: ddlogs report")                       \
    X(NOMEM, "E-NOMEM", 70, DL_KIND_FAIL, "There is no memory left.",                              \
      "A limit of the process (ulimit -v, a cgroup).\n"                                            \
      "The machine is out of memory.",                                                             \
      "See the limits: ulimit -a\n"                                                                \
      "See the memory: free -m\n"                                                                  \
      "Free memory and try again.")                                                                \
    X(IO, "E-IO", 73, DL_KIND_FAIL, "A file cannot be read or written.",                           \
      "The path is wrong.\n"                                                                       \
      "Permissions forbid it.\n"                                                                   \
      "The disk is full or read-only.",                                                            \
      "Look at the path named: ls -ld PATH\n"                                                      \
      "Look at the space: df -h PATH")                                                             \
    X(CANCELLED, "E-CANCELLED", 130, DL_KIND_FAIL, "It was cancelled.",                            \
      "A person or a signal ended it.", "Start again when ready; nothing was written.")            \
    X(MANIFEST, "E-MANIFEST", 78, DL_KIND_FAIL, "The integration manifest cannot be used.",        \
      "It was edited by hand and has a mistake.\n"                                                 \
      "It is of a newer ddlogs.\n"                                                                 \
      "The installation is damaged.",                                                              \
      "Reinstall the product that brought it.\n"                                                   \
      "Authors: correct the line and column named.")                                               \
    X(MANIFEST_NONE, "E-MANIFEST-NONE", 78, DL_KIND_FAIL, "No such integration is installed.",     \
      "The product that sends logs is not installed on this machine.\n"                            \
      "Its name is misspelled.",                                                                   \
      "Install the product that brings the integration.\n"                                         \
      "Or name its manifest: --manifest FILE\n"                                                    \
      "Or try it without one: ddlogs demo")                                                        \
    X(CFG_NONE, "E-CFG-NONE", 78, DL_KIND_FAIL, "There is no configuration yet.",                  \
      "The set-up was not run.\n"                                                                  \
      "It was run as another user.",                                                               \
      "Run: ddlogs setup\n"                                                                        \
      "Or name the file: --config FILE\n"                                                          \
      "Or test without one: ddlogs test --site SITE")                                              \
    X(CFG_PARSE, "E-CFG-PARSE", 78, DL_KIND_FAIL, "The configuration has a mistake.",              \
      "The file was edited by hand.\n"                                                             \
      "It belongs to another integration.",                                                        \
      "Correct the line and column named; the keys are in: man ddlogs-config\n"                    \
      "Or set the file aside under another name, then run: ddlogs setup\n"                         \
      "The file before the last change stands beside it as config.json.bak")                       \
    X(CFG_NEWER, "E-CFG-NEWER", 78, DL_KIND_FAIL, "The configuration is of a newer ddlogs.",       \
      "It was written by a newer version, which was then replaced by this one.",                   \
      "Update ddlogs.\n"                                                                           \
      "Or set the file aside under another name, then run: ddlogs setup")                          \
    X(CFG_PERM, "E-CFG-PERM", 73, DL_KIND_FAIL, "The configuration cannot be written safely.",     \
      "The folder or file belongs to another user.\n"                                              \
      "Others may write the folder.",                                                              \
      "Look at owner and mode: ls -ld PATH\n"                                                      \
      "Make it yours alone: chmod 700 PATH")                                                       \
    X(CFG_BUSY, "E-CFG-BUSY", 73, DL_KIND_FAIL, "Another set-up is running.",                      \
      "A second wizard works on the same configuration.",                                          \
      "Finish or end the other one; its process number is named.")                                 \
    X(CFG_CHANGED, "E-CFG-CHANGED", 73, DL_KIND_FAIL, "The configuration changed meanwhile.",      \
      "Another program wrote the file after it was read.",                                         \
      "Start again: ddlogs setup\n"                                                                \
      "Nothing was written.")                                                                      \
    X(KEY_NONE, "E-KEY-NONE", 78, DL_KIND_FAIL, "There is no API key.",                            \
      "No key was stored for this integration and site.\n"                                         \
      "The place it should come from is empty.\n"                                                  \
      "It was stored by another user.",                                                            \
      "Store one: ddlogs key set\n"                                                                \
      "For one run: ddlogs test --api-key-fd 3 3<KEYFILE\n"                                        \
      "In a pipeline: set DD_API_KEY")                                                             \
    X(KEY_SHAPE, "E-KEY-SHAPE", 65, DL_KIND_FAIL, "This does not look like an API key.",           \
      "It was copied in part or with something else.\n"                                            \
      "It is the key ID, not the key.\n"                                                           \
      "A variable was not filled in.",                                                             \
      "Copy the key again: an API key has 32 characters, 0-9 and a-f.\n"                           \
      "Keys are listed at APP_URL/organization-settings/api-keys")                                 \
    X(KEY_APPKEY, "E-KEY-APPKEY", 65, DL_KIND_FAIL, "This is not an API key but another secret.",  \
      "An application key, a token, or a client token was copied.",                                \
      "Create an API key and use that: APP_URL/organization-settings/api-keys\n"                   \
      "If the other secret was shown to anyone, revoke it.")                                       \
    X(KEY_FILE, "E-KEY-FILE", 78, DL_KIND_FAIL, "The key file cannot be used.",                    \
      "It is missing or empty.\n"                                                                  \
      "Others than its owner may read it.\n"                                                       \
      "It belongs to another user.",                                                               \
      "Make it yours alone: chmod 600 PATH\n"                                                      \
      "Its content is the key and nothing else.")                                                  \
    X(KEY_403, "E-KEY-403", 77, DL_KIND_FAIL, "Datadog does not know this key on this site.",      \
      "The key belongs to another site.\n"                                                         \
      "The key was revoked or mistyped.\n"                                                         \
      "The key is of another organization.",                                                       \
      "Look at the address of your Datadog page and compare the site: ddlogs setup --only "        \
      "site\n"                                                                                     \
      "List the keys, or create one: APP_URL/organization-settings/api-keys\n"                     \
      "Enter it: ddlogs key set")                                                                  \
    X(KEY_INTAKE, "E-KEY-INTAKE", 77, DL_KIND_FAIL,                                                \
      "The key is valid, but the log intake refuses it.",                                          \
      "The key was created within the last minute.\n"                                              \
      "A custom endpoint or a proxy drops the header DD-API-KEY.\n"                                \
      "The key is restricted, or logs are not enabled for the organization.",                      \
      "Wait a minute and try again: ddlogs test\n"                                                 \
      "Ask who runs the proxy or endpoint whether it keeps the header DD-API-KEY for HOST\n"       \
      "Look at the key: APP_URL/organization-settings/api-keys")                                   \
    X(KS_NOBUS, "E-KS-NOBUS", 78, DL_KIND_FAIL, "There is no session bus, so no keyring.",         \
      "Normal on servers, over ssh, and for services.",                                            \
      "Choose another place for the key (systemd credential, owner-only file, or this run "        \
      "only: ddlogs setup --only store)")                                                          \
    X(KS_NOSERVICE, "E-KS-NOSERVICE", 78, DL_KIND_FAIL, "No keyring service is running.",          \
      "No Secret Service provider is installed.\n"                                                 \
      "It does not start in this session.",                                                        \
      "Install one: apt install gnome-keyring\n"                                                   \
      "Or choose another place for the key (systemd credential, owner-only file, or this run "     \
      "only: ddlogs setup --only store)")                                                          \
    X(KS_NOCOLL, "E-KS-NOCOLL", 78, DL_KIND_FAIL, "There is no keyring yet.",                      \
      "This user never logged in to a desktop.",                                                   \
      "Log in to a desktop once; it makes the keyring \"login\".\n"                                \
      "Or choose another place for the key (systemd credential, owner-only file, or this run "     \
      "only: ddlogs setup --only store)")                                                          \
    X(KS_LOCKED, "E-KS-LOCKED", 78, DL_KIND_FAIL, "The keyring is locked.",                        \
      "Nobody unlocked it in this session.\n"                                                      \
      "Automatic log-in does not unlock it.",                                                      \
      "Unlock it and try again, or let the desktop ask: --unlock\n"                                \
      "Or choose another place for the key (systemd credential, owner-only file, or this run "     \
      "only: ddlogs setup --only store)")                                                          \
    X(KS_DISMISSED, "E-KS-DISMISSED", 78, DL_KIND_FAIL, "The keyring's prompt was dismissed.",     \
      "The password was not entered.",                                                             \
      "Try again and enter the password.\n"                                                        \
      "Or choose another place for the key (systemd credential, owner-only file, or this run "     \
      "only: ddlogs setup --only store)")                                                          \
    X(KS_TIMEOUT, "E-KS-TIMEOUT", 78, DL_KIND_FAIL, "The keyring does not answer.",                \
      "The keyring service hangs.\n"                                                               \
      "It waits for a password on another screen.",                                                \
      "Look for a password window.\n"                                                              \
      "Restart the service: systemctl --user restart gnome-keyring-daemon\n"                       \
      "Or choose another place for the key (systemd credential, owner-only file, or this run "     \
      "only: ddlogs setup --only store)")                                                          \
    X(KS_PLAIN, "E-KS-PLAIN", 78, DL_KIND_FAIL, "The keyring offers no encrypted session.",        \
      "The service is old or not a real keyring.",                                                 \
      "Use gnome-keyring or KeePassXC.\n"                                                          \
      "Or choose another place for the key (systemd credential, owner-only file, or this run "     \
      "only: ddlogs setup --only store)")                                                          \
    X(KS_GONE, "E-KS-GONE", 78, DL_KIND_FAIL, "The keyring went away while it was asked.",         \
      "The service or the session ended.",                                                         \
      "Try again.\n"                                                                               \
      "See why it ended: journalctl --user -b")                                                    \
    X(KS_HELPER, "E-KS-HELPER", 78, DL_KIND_FAIL, "The program ddlogs-keyring cannot be run.",     \
      "The installation is not complete.", "Reinstall ddlogs.")                                    \
    X(KS_OTHER, "E-KS-OTHER", 78, DL_KIND_FAIL, "The keyring answered with an error.",             \
      "The text above is what it said.",                                                           \
      "Choose another place for the key (systemd credential, owner-only file, or this run "        \
      "only: ddlogs setup --only store)")                                                          \
    X(NET_DNS, "E-NET-DNS", 69, DL_KIND_RETRY, "The name cannot be looked up.",                    \
      "The machine is offline.\n"                                                                  \
      "The DNS server does not answer or does not know the name.\n"                                \
      "Only a proxy may reach outside.",                                                           \
      "Look it up: getent hosts HOST\n"                                                            \
      "See which DNS server is used: cat /etc/resolv.conf\n"                                       \
      "Behind a proxy: HTTPS_PROXY=http://PROXYHOST:3128 ddlogs test")                             \
    X(NET_DNS_PROXY, "E-NET-DNS-PROXY", 69, DL_KIND_FAIL,                                          \
      "The name of the proxy cannot be looked up.",                                                \
      "The proxy's name is misspelled.\n"                                                          \
      "The name is known inside the company network alone.",                                       \
      "Correct the proxy PROXY in the place named.\n"                                              \
      "See what is set: env | grep -i proxy")                                                      \
    X(NET_REFUSED, "E-NET-REFUSED", 69, DL_KIND_RETRY, "The connection was refused.",              \
      "A firewall refuses it.\n"                                                                   \
      "The endpoint or its port is wrong.\n"                                                       \
      "Only a proxy may reach outside.",                                                           \
      "Try the port: curl -sv https://HOST:PORT/\n"                                                \
      "Ask to allow outgoing TCP to HOST port PORT\n"                                              \
      "Check the endpoint: ddlogs setup")                                                          \
    X(PROXY_REFUSED, "E-PROXY-REFUSED", 69, DL_KIND_RETRY, "The proxy refused the connection.",    \
      "The proxy is not running.\n"                                                                \
      "Its port is wrong.",                                                                        \
      "Check PROXY in the place named.\n"                                                          \
      "See what is set: env | grep -i proxy")                                                      \
    X(NET_TIMEOUT, "E-NET-TIMEOUT", 75, DL_KIND_RETRY, "There was no answer in time.",             \
      "A firewall drops the packets.\n"                                                            \
      "Only a proxy may reach outside.\n"                                                          \
      "The network or the server is slow.",                                                        \
      "Ask to allow outgoing TCP to HOST port PORT; the ranges are at "                            \
      "https://ip-ranges.datadoghq.com\n"                                                          \
      "Behind a proxy: HTTPS_PROXY=http://PROXYHOST:3128 ddlogs test\n"                            \
      "Is Datadog up? https://status.datadoghq.com")                                               \
    X(NET_UNREACH, "E-NET-UNREACH", 69, DL_KIND_RETRY, "There is no route to the host.",           \
      "The machine is offline.\n"                                                                  \
      "Only IPv6 or only IPv4 works here.\n"                                                       \
      "A router or the proxy refuses it.",                                                         \
      "See the routes: ip route; ip -6 route\n"                                                    \
      "See the addresses: getent ahosts HOST")                                                     \
    X(NET_RESET, "E-NET-RESET", 75, DL_KIND_RETRY, "The connection was cut.",                      \
      "A proxy or firewall ended it.\n"                                                            \
      "The server restarted.",                                                                     \
      "Try again: ddlogs test\n"                                                                   \
      "If it stays: ask who runs the firewall or proxy about HOST port PORT")                      \
    X(TLS_TIMEOUT, "E-TLS-TIMEOUT", 75, DL_KIND_RETRY, "The TLS handshake got no answer.",         \
      "A box on the way inspects TLS and holds it.\n"                                              \
      "The server is overloaded.",                                                                 \
      "Try the handshake: openssl s_client -connect HOST:PORT\n"                                   \
      "Ask to let HOST pass without inspection")                                                   \
    X(TLS_NOTTLS, "E-TLS-NOTTLS", 76, DL_KIND_FAIL, "The port does not speak TLS.",                \
      "The port or the endpoint is wrong.\n"                                                       \
      "A proxy or portal answers in plain HTTP.",                                                  \
      "Check the endpoint and its port: HOST port PORT\n"                                          \
      "See what answers: curl -sv http://HOST:PORT/")                                              \
    X(TLS_VERSION, "E-TLS-VERSION", 76, DL_KIND_FAIL, "There is no common TLS version.",           \
      "The other side offers less than TLS 1.2.\n"                                                 \
      "A proxy that inspects TLS is old.",                                                         \
      "See what is offered: openssl s_client -connect HOST:PORT\n"                                 \
      "Ask who runs the proxy or endpoint for TLS 1.2 or newer")                                   \
    X(TLS_CA, "E-TLS-CA", 69, DL_KIND_FAIL, "The certificate's issuer is not trusted here.",       \
      "A proxy inspects TLS with a CA of the company.\n"                                           \
      "The CA certificates of this machine are old or missing.",                                   \
      "Ask for the CA certificate of the issuer named, and use it: ddlogs test --ca-file "         \
      "FILE\n"                                                                                     \
      "Renew the CA certificates: apt install ca-certificates\n"                                   \
      "Or ask to let HOST pass without inspection")                                                \
    X(TLS_NAME, "E-TLS-NAME", 69, DL_KIND_FAIL, "The certificate is for another name.",            \
      "A captive portal or a false DNS answer.\n"                                                  \
      "A sub-domain was used as site.\n"                                                           \
      "The endpoint is wrong.",                                                                    \
      "See what the name resolves to: getent hosts HOST\n"                                         \
      "Open a page in a browser: does the network ask to log in?")                                 \
    X(TLS_TIME, "E-TLS-TIME", 69, DL_KIND_FAIL, "The certificate is not valid at this time.",      \
      "The clock of this machine is wrong.\n"                                                      \
      "The certificate has expired.",                                                              \
      "Compare the clock: date -u\n"                                                               \
      "Set it: timedatectl set-ntp true\n"                                                         \
      "Is the clock right? Then ask who runs HOST")                                                \
    X(PROXY_AUTH, "E-PROXY-AUTH", 77, DL_KIND_FAIL, "The proxy asks for a user and password.",     \
      "Credentials are missing or wrong.\n"                                                        \
      "The proxy wants another method than Basic.",                                                \
      "Put them into the variable or setting named: http://USER:PASSWORD@PROXYHOST:3128\n"         \
      "Special characters of a password are written as %-codes, for example %40 for @.")           \
    X(PROXY_DENY, "E-PROXY-DENY", 69, DL_KIND_FAIL, "The proxy does not allow this host.",         \
      "The host is not on the proxy's list.\n"                                                     \
      "The proxy allows CONNECT to certain ports alone.\n"                                         \
      "It is no proxy but a web server.",                                                          \
      "Ask to allow CONNECT to HOST:PORT at PROXY")                                                \
    X(PROXY_URL, "E-PROXY-URL", 78, DL_KIND_FAIL, "The proxy's address is not usable.",            \
      "It is misspelled.\n"                                                                        \
      "The scheme is not known.",                                                                  \
      "Write it as http://PROXYHOST:3128 in the place named.\n"                                    \
      "Without a proxy: --proxy none")                                                             \
    X(CA_FILE, "E-CA-FILE", 78, DL_KIND_FAIL, "The CA file cannot be used.",                       \
      "It is missing or not readable.\n"                                                           \
      "It holds no PEM certificate.",                                                              \
      "Look at it: openssl x509 -in FILE -noout -subject\n"                                        \
      "Correct the path: ddlogs setup")                                                            \
    X(HTTP_400, "E-HTTP-400", 70, DL_KIND_FAIL, "The intake calls the request malformed.",         \
      "A mistake in ddlogs.\n"                                                                     \
      "A proxy changes the body.",                                                                 \
      "Please report it with the text above and the file of: ddlogs report\n"                      \
      "Without the proxy: ddlogs test --proxy none")                                               \
    X(HTTP_413, "E-HTTP-413", 70, DL_KIND_FAIL, "The request is too large.",                       \
      "A proxy or custom endpoint has a smaller limit than Datadog (5 MB).",                       \
      "Ask who runs the proxy or endpoint at HOST for a limit of 5 MB or more")                    \
    X(HTTP_404, "E-HTTP-404", 76, DL_KIND_FAIL, "The path is not there.",                          \
      "The endpoint is the wrong host.\n"                                                          \
      "A gateway in front lacks the path /api/v2/logs or /api/v1/validate.",                       \
      "Check the endpoint: ddlogs setup\n"                                                         \
      "Another API host than the intake: --api-endpoint ORIGIN")                                   \
    X(HTTP_415, "E-HTTP-415", 76, DL_KIND_FAIL, "The encoding is not understood.",                 \
      "The endpoint does not know this compression.",                                              \
      "Use gzip: ddlogs test --encoding gzip\n"                                                    \
      "Keep it: ddlogs setup --encoding gzip")                                                     \
    X(HTTP_REDIRECT, "E-HTTP-REDIRECT", 76, DL_KIND_FAIL, "The answer is a redirect.",             \
      "A captive portal or proxy page.\n"                                                          \
      "The endpoint moved or wants https.",                                                        \
      "Redirects are never followed, because the key would go along.\n"                            \
      "Check the endpoint, and open a browser on this network: does it ask to log in?")            \
    X(HTTP_HTML, "E-HTTP-HTML", 76, DL_KIND_FAIL, "The answer is not the intake's.",               \
      "A captive portal or proxy page.\n"                                                          \
      "The endpoint is another web server.",                                                       \
      "Open a browser on this network: does it ask to log in?\n"                                   \
      "See who answers: curl -sv https://HOST:PORT/")                                              \
    X(HTTP_429, "E-HTTP-429", 75, DL_KIND_RETRY, "Datadog asks to slow down.",                     \
      "Too many requests from this organization.",                                                 \
      "Wait as long as the text says, then try again: ddlogs test")                                \
    X(HTTP_408, "E-HTTP-408", 75, DL_KIND_RETRY, "The server gave up waiting for the request.",    \
      "The network is slow.\n"                                                                     \
      "A proxy holds the body.",                                                                   \
      "Try again: ddlogs test\n"                                                                   \
      "If it stays: try without the proxy: --proxy none")                                          \
    X(HTTP_5XX, "E-HTTP-5XX", 75, DL_KIND_RETRY, "The server has a problem.",                      \
      "Datadog, the proxy or the endpoint has an incident.",                                       \
      "See https://status.datadoghq.com\n"                                                         \
      "Try again in some minutes: ddlogs test")                                                    \
    X(HTTP_STATUS, "E-HTTP-STATUS", 76, DL_KIND_FAIL, "The answer's status is not expected.",      \
      "A proxy or another server answered.",                                                       \
      "See who answers: curl -sv https://HOST:PORT/\n"                                             \
      "Check the endpoint and the proxy.")                                                         \
    X(UNDELIVERED, "E-UNDELIVERED", 75, DL_KIND_RETRY, "Not every log was delivered.",             \
      "The text above says why.",                                                                  \
      "Find the cause: ddlogs test\n"                                                              \
      "Send the logs again when it is mended.")                                                    \
    X(PENDING, "E-PENDING", 75, DL_KIND_RETRY, "Logs wait in the spool.",                          \
      "The network or the intake was away for longer than the command had time.",                  \
      "Do not send them again: they are kept, and the next one with this spool delivers them.\n"   \
      "Deliver them now: ddlogs send --until-empty --spool FOLDER </dev/null\n"                    \
      "Find the cause: ddlogs test")                                                               \
    X(RECORD, "E-RECORD", 65, DL_KIND_FAIL, "A log cannot be sent as it is.",                      \
      "It is larger than the intake's limit of 1 MB.\n"                                            \
      "It is nested too deep.",                                                                    \
      "Make it smaller, or send it as text.")                                                      \
    X(FULL, "E-FULL", 75, DL_KIND_RETRY, "The sender's buffer is full.",                           \
      "Logs come faster than they can be delivered.\n"                                             \
      "The network is away.",                                                                      \
      "Wait and send again.\n"                                                                     \
      "Find the cause: ddlogs test")                                                               \
    X(SPOOL_FULL, "E-SPOOL-FULL", 75, DL_KIND_RETRY, "The spool takes no more logs.",              \
      "Logs come faster than they can be delivered, or the network is away.\n"                     \
      "The disk is full.",                                                                         \
      "See what waits: ddlogs spool status\n"                                                      \
      "Look at the space: df -h PATH\n"                                                            \
      "Find out why nothing is delivered: ddlogs test\n"                                           \
      "Or allow it more: --spool-bytes 4G")                                                        \
    X(SPOOL_BUSY, "E-SPOOL-BUSY", 73, DL_KIND_FAIL, "Another process uses the spool.",             \
      "The service or another ddlogs send runs with the same folder.",                             \
      "End the process that is named, or give this one a folder of its own: --spool FOLDER\n"      \
      "Looking is always possible: ddlogs spool status")                                           \
    X(SPOOL_PERM, "E-SPOOL-PERM", 73, DL_KIND_FAIL, "The spool's folder is not safe.",             \
      "Others may write into it.\n"                                                                \
      "It belongs to another user.",                                                               \
      "Look at owner and mode: ls -ld PATH\n"                                                      \
      "Make it yours alone: chmod 700 PATH")                                                       \
    X(SPOOL_NEWER, "E-SPOOL-NEWER", 78, DL_KIND_FAIL, "The spool is of a newer ddlogs.",           \
      "A newer version wrote it, and was then replaced by this one.",                              \
      "Update ddlogs: what is in the spool is kept.\n"                                             \
      "Or go on in another folder: --spool FOLDER")                                                \
    X(SPOOL_NONE, "E-SPOOL-NONE", 78, DL_KIND_FAIL, "There is no spool.",                          \
      "Nothing was sent with it yet.\n"                                                            \
      "The folder is misspelled.",                                                                 \
      "Name the folder: --spool FOLDER\n"                                                          \
      "Or set it for good: ddlogs setup --spool FOLDER")                                           \
    X(SPOOL_DAMAGED, "E-SPOOL-DAMAGED", 1, DL_KIND_FAIL, "Something in the spool is damaged.",     \
      "The disk or its file system is damaged.\n"                                                  \
      "Somebody changed or removed files in the folder.",                                          \
      "Nothing has to be done: what is whole is delivered, what is damaged is kept aside.\n"       \
      "See the disk's messages: journalctl -k\n"                                                   \
      "Throw away what is aside when it is of no use: ddlogs spool discard --quarantine")          \
    X(REPORT_SECRET, "E-REPORT-SECRET", 70, DL_KIND_FAIL,                                          \
      "The report held a secret, so it was not kept.",                                             \
      "A mistake in ddlogs: redaction missed a form of the key.",                                  \
      "Nothing was written, and nothing is to be mended here.\n"                                   \
      "Please say so at https://github.com/ddlogs/ddlogs/issues, with the file named above.")      \
    X(REPORT_WRITE, "E-REPORT-WRITE", 73, DL_KIND_FAIL, "The report cannot be written.",           \
      "A file of that name is there already.\n"                                                    \
      "The folder is missing, or is not yours to write.\n"                                         \
      "The disk is full.\n"                                                                        \
      "The installation is not whole: the module that packs files, or libarchive, is missing.",    \
      "Name another file: ddlogs report --output FILE\n"                                           \
      "Look at the space: df -h PATH")                                                             \
    X(FORK, "E-FORK", 70, DL_KIND_FAIL, "A sender is used in the child of a fork.",                \
      "The program opened the sender first and called fork() later.",                              \
      "Open the sender behind fork(), in the process that sends.")                                 \
    X(PIPELINE, "E-PIPELINE", 65, DL_KIND_FAIL, "The log pipeline or its tests cannot be read.",   \
      "A processor, rule or query is not written as Datadog takes it.\n"                           \
      "The file is no YAML, or not a pipeline's.",                                                 \
      "Correct the line that is named.\n"                                                          \
      "Export the pipeline again from Datadog's pipelines page.")                                  \
    X(GEOIP, "E-GEOIP", 65, DL_KIND_FAIL, "The Geo-IP database cannot be read.",                   \
      "The file is of another kind, or not whole.\n"                                               \
      "The library that reads such databases is not installed.",                                   \
      "Give a database in MaxMind's format (.mmdb), unpacked, and look at its size.\n"             \
      "Install the library: apt-get install libmaxminddb0")                                        \
    X(PIPELINE_TEST, "E-PIPELINE-TEST", 1, DL_KIND_FAIL,                                           \
      "A test of a log pipeline has another result than it is to have.",                           \
      "The processor that is named writes something else.\n"                                       \
      "The result in the tests file is out of date.",                                              \
      "See each step: ddlogs pipeline explain PIPELINE --sample TEXT")                             \
    X(PIPELINE_LINT, "E-PIPELINE-LINT", 1, DL_KIND_FAIL,                                           \
      "The log pipeline does not hold to what Datadog checks.",                                    \
      "A finding of the level error stands.",                                                      \
      "Do what the line \"fix:\" below each finding says.\n"                                       \
      "Where the rule is not to count: a line \"# bypass-global-CODE-checks\" at the file's "      \
      "head.")                                                                                     \
    X(REVIEW, "E-REVIEW", 1, DL_KIND_FAIL,                                                         \
      "The integration does not hold to what Datadog reviews.",                                    \
      "A file is missing, or its names do not agree with the integration's.\n"                     \
      "A test of the log pipeline fails, or has no result.\n"                                      \
      "A sample or another file holds what looks like a key.",                                     \
      "See each finding and its place: ddlogs integration lint FOLDER\n"                           \
      "Correct the errors, then: ddlogs integration review FOLDER")                                \
    X(TERM, "E-TERM", 64, DL_KIND_FAIL, "The terminal cannot show the wizard.",                    \
      "TERM is unset or names an unknown terminal.",                                               \
      "Use line prompts: ddlogs setup --plain\n"                                                   \
      "Or set the terminal: TERM=xterm ddlogs setup")                                              \
    X(CLOCK, "W-CLOCK", 0, DL_KIND_WARN, "The clock of this machine is off.",                      \
      "Time is not synchronised.",                                                                 \
      "Compare it: date -u\n"                                                                      \
      "Set it: timedatectl set-ntp true\n"                                                         \
      "Logs older than 18 hours are dropped without a word.")                                      \
    X(CLOCK_FAR, "E-CLOCK", 78, DL_KIND_FAIL,                                                      \
      "The clock of this machine is so far off that logs would be lost.",                          \
      "Time is not synchronised.\n"                                                                \
      "The machine was suspended or its battery is empty.",                                        \
      "Compare it: date -u\n"                                                                      \
      "Set it: timedatectl set-ntp true\n"                                                         \
      "Logs more than 18 hours old or 2 hours ahead are dropped without a word.")                  \
    X(DATE, "W-DATE", 0, DL_KIND_WARN, "A log's own date is one that Datadog does not take.",      \
      "The log is old, or its date is in seconds, not milliseconds.\n"                             \
      "Its date has no zone and is not in UTC.",                                                   \
      "Write dates as milliseconds since 1970, or as 2026-01-31T23:59:59Z.\n"                      \
      "Logs more than 18 hours old or 2 hours ahead are dropped without a word.")                  \
    X(EXPIRED, "W-EXPIRED", 0, DL_KIND_WARN, "Logs were discarded because of their age.",          \
      "They could not be delivered for longer than spool_age allows.",                             \
      "Find the cause: ddlogs test\n"                                                              \
      "Raise spool_age, or leave it out to keep logs until they are delivered.")                   \
    X(ENV_OVERRIDE, "W-ENV-OVERRIDE", 0, DL_KIND_WARN, "The environment wins over the file.",      \
      "A variable is set in the shell or the service.",                                            \
      "Unset the variable that is named, or know that it wins.\n"                                  \
      "See them: env | grep -E \"^(DD_|DDLOGS_)\" | cut -d= -f1")                                  \
    X(NOPROXY_DOT, "W-NOPROXY-DOT", 0, DL_KIND_WARN,                                               \
      "A NO_PROXY entry is read differently by different programs.", "It begins with a dot or *.", \
      "Write the entry as the text says.")                                                         \
    X(HTTP_PROXY_UPPER, "W-HTTP-PROXY-UPPER", 0, DL_KIND_WARN,                                     \
      "HTTP_PROXY in capitals is not used.",                                                       \
      "Web servers can be made to set it (httpoxy), so most programs ignore it.",                  \
      "Set HTTPS_PROXY to the same value.")                                                        \
    X(HTTPS_PROXY, "W-HTTPS-PROXY", 0, DL_KIND_WARN, "The proxy variable looks wrong.",            \
      "It lacks http://, or uses https:// for a plain proxy.",                                     \
      "Write it as http://PROXYHOST:3128")                                                         \
    X(NET_FAMILY, "W-NET-FAMILY", 0, DL_KIND_WARN,                                                 \
      "One of IPv4 and IPv6 does not lead to the intake.",                                         \
      "A firewall knows one of them alone.\n"                                                      \
      "The network gives out IPv6 addresses but does not route them.",                             \
      "Compare: curl -4sS -o /dev/null https://HOST:PORT/ and the same with -6\n"                  \
      "Ask the network's people to let port PORT through for both, or to give out one alone.")     \
    X(TLS_INSPECTED, "W-TLS-INSPECTED", 0, DL_KIND_WARN,                                           \
      "TLS is opened on the way by an inspecting proxy.",                                          \
      "The company inspects TLS, and this machine trusts its CA.",                                 \
      "Ask for HOST to be left out of the inspection: it carries an API key.\n"                    \
      "See who it is: openssl s_client -connect HOST:PORT -servername HOST </dev/null")            \
    X(BODY_LIMIT, "W-BODY-LIMIT", 0, DL_KIND_WARN,                                                 \
      "Something on the way does not let large requests through.",                                 \
      "A proxy, firewall or web filter has a limit for what is sent.\n"                            \
      "The line is slow, and something on it gives up early.",                                     \
      "Ask for a limit of 6 MB for requests to HOST.\n"                                            \
      "Until then logs still arrive: a batch that is refused for its size is halved.")             \
    X(KEEPALIVE, "W-KEEPALIVE", 0, DL_KIND_WARN,                                                   \
      "Connections are not kept open between requests.",                                           \
      "A proxy closes each connection after its answer.",                                          \
      "Ask for kept-alive connections to HOST: each request pays for a TLS handshake now.")        \
    X(SPOOL_WAITS, "W-SPOOL-WAITS", 0, DL_KIND_WARN, "Logs wait in the spool.",                    \
      "Nothing sends them now: the service or program is not running.\n"                           \
      "The intake could not be reached, or did not take the key.",                                 \
      "See what waits: ddlogs spool status\n"                                                      \
      "Send it: ddlogs send --until-empty </dev/null\n"                                            \
      "Logs older than 18 hours are dropped by Datadog without a word.")

#endif
