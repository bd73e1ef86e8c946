/* Rows of the error table: X(symbol, id, exit code, kind, title, causes, next steps).
 * Causes and steps: one a line, likeliest first. %-free text. */
#ifndef DL_BASE_ERROR_TABLE_H
#define DL_BASE_ERROR_TABLE_H

#define DL_ERROR_TABLE(X)                                                                          \
    X(USAGE, "E-USAGE", 64, DL_KIND_FAIL, "The command line is not complete or not understood.",   \
      "A word or option is misspelled.\nA required option is missing.",                            \
      "Run the command with --help.")                                                              \
    X(VALUE, "E-VALUE", 65, DL_KIND_FAIL, "A value is not acceptable.",                            \
      "The value is misspelled or out of bounds.", "Correct the value that is named.")             \
    X(SITE, "E-SITE", 65, DL_KIND_FAIL, "This is not a Datadog site.",                             \
      "The site is misspelled.\nThe address is not a Datadog address.",                            \
      "Use one of us1 us3 us5 eu1 ap1 ap2 uk1 us1-fed us2-fed, or paste the address of your "      \
      "Datadog page.")                                                                             \
    X(TAG, "E-TAG", 65, DL_KIND_FAIL, "A tag is not acceptable.",                                  \
      "The tag is reserved, too long, empty, or looks like a secret.",                             \
      "Write tags as key:value, for example env:prod.")                                            \
    X(LIMIT, "E-LIMIT", 65, DL_KIND_FAIL, "An input is larger than its limit.",                    \
      "The file or value is not what was meant.", "Make the input smaller.")                       \
    X(INTERNAL, "E-INTERNAL", 70, DL_KIND_FAIL, "This is a mistake in ddlogs.",                    \
      "A case that the program does not foresee.", "Please report it with the text above.")        \
    X(NOMEM, "E-NOMEM", 70, DL_KIND_FAIL, "There is no memory left.",                              \
      "The machine or its limit (ulimit, cgroup) is out of memory.", "Free memory and try again.") \
    X(IO, "E-IO", 73, DL_KIND_FAIL, "A file cannot be read or written.",                           \
      "The path is wrong.\nPermissions forbid it.\nThe disk is full.", "Correct the path named.")  \
    X(CANCELLED, "E-CANCELLED", 130, DL_KIND_FAIL, "Cancelled.", "A person or a signal stopped it.", \
      "Start again when ready.")                                                                   \
    X(MANIFEST, "E-MANIFEST", 78, DL_KIND_FAIL, "The integration manifest cannot be used.",        \
      "The manifest is damaged or written by hand with a mistake.",                                \
      "Reinstall the product that brought it, or correct the place named.")                        \
    X(MANIFEST_NONE, "E-MANIFEST-NONE", 78, DL_KIND_FAIL, "No integration is installed.",          \
      "The product that sends logs is not installed on this machine.",                             \
      "Install the product that brings the integration.\nName its manifest: --manifest FILE.\n"    \
      "Try it without one: ddlogs demo")                                                           \
    X(CFG_NONE, "E-CFG-NONE", 78, DL_KIND_FAIL, "There is no configuration yet.",                  \
      "The set-up was not run, or for another user.", "Run: ddlogs setup")                         \
    X(CFG_PARSE, "E-CFG-PARSE", 78, DL_KIND_FAIL, "The configuration has a mistake.",              \
      "The file was edited by hand.", "Correct the place named, or run: ddlogs setup")             \
    X(CFG_NEWER, "E-CFG-NEWER", 78, DL_KIND_FAIL, "The configuration is of a newer ddlogs.",       \
      "The file was written by a newer version.", "Update ddlogs.")                                \
    X(CFG_PERM, "E-CFG-PERM", 73, DL_KIND_FAIL, "The configuration cannot be written safely.",     \
      "The folder or file belongs to another user or others may write it.\nThe disk is full or "   \
      "read-only.", "Correct owner and mode of the path named.")                                   \
    X(CFG_BUSY, "E-CFG-BUSY", 73, DL_KIND_FAIL, "Another set-up is running.",                      \
      "A second wizard works on the same configuration.", "Finish or end the other one.")          \
    X(CFG_CHANGED, "E-CFG-CHANGED", 73, DL_KIND_FAIL, "The configuration changed meanwhile.",      \
      "Another program wrote the file after it was read.", "Start again; nothing was written.")    \
    X(KEY_NONE, "E-KEY-NONE", 78, DL_KIND_FAIL, "There is no API key.",                            \
      "No key was stored for this integration and site.\nThe place it should come from is empty.", \
      "Run: ddlogs key set")                                                                       \
    X(KEY_SHAPE, "E-KEY-SHAPE", 65, DL_KIND_FAIL, "This does not look like an API key.",           \
      "The key was copied in part or with something else.", "Copy the key again.")                 \
    X(KEY_APPKEY, "E-KEY-APPKEY", 65, DL_KIND_FAIL, "This is not an API key but another secret.",  \
      "An application key or token was copied.", "Create an API key and use that.")                \
    X(KEY_FILE, "E-KEY-FILE", 78, DL_KIND_FAIL, "The key file cannot be used.",                    \
      "It is missing, or others than its owner may read it.", "Make it yours alone: chmod 600")    \
    X(KEY_403, "E-KEY-403", 77, DL_KIND_FAIL, "Datadog does not know this key on this site.",      \
      "The key belongs to another site.\nThe key was revoked or mistyped.\nThe key is of another " \
      "organization.", "Check the site first.\nThen create a new key and enter it.")               \
    X(KEY_INTAKE, "E-KEY-INTAKE", 77, DL_KIND_FAIL,                                                \
      "The key is valid, but the log intake refuses it.",                                          \
      "The key was just created.\nA proxy strips the header.\nThe endpoint is not Datadog's.\n"    \
      "The key is restricted.", "Wait a minute and try again.\nAsk who runs the proxy.")           \
    X(KS_NOBUS, "E-KS-NOBUS", 78, DL_KIND_FAIL, "There is no session bus, so no keyring.",         \
      "Normal on servers and over ssh.",                                                           \
      "Choose a systemd credential, an owner-only file, or this run only.")                        \
    X(KS_NOSERVICE, "E-KS-NOSERVICE", 78, DL_KIND_FAIL, "No keyring service is running.",          \
      "No Secret Service provider is installed or it does not start.",                             \
      "Install gnome-keyring or KeePassXC, or choose another place for the key.")                  \
    X(KS_NOCOLL, "E-KS-NOCOLL", 78, DL_KIND_FAIL, "There is no keyring yet.",                      \
      "This user never logged in to a desktop.",                                                   \
      "Log in to a desktop once, or choose another place for the key.")                            \
    X(KS_LOCKED, "E-KS-LOCKED", 78, DL_KIND_FAIL, "The keyring is locked.",                        \
      "Nobody unlocked it in this session.", "Unlock it, or choose another place for the key.")    \
    X(KS_DISMISSED, "E-KS-DISMISSED", 78, DL_KIND_FAIL, "The keyring's prompt was dismissed.",     \
      "The password was not entered.", "Try again, or choose another place for the key.")          \
    X(KS_TIMEOUT, "E-KS-TIMEOUT", 78, DL_KIND_FAIL, "The keyring does not answer.",                \
      "The keyring service hangs.", "Restart the keyring service, or choose another place.")       \
    X(KS_PLAIN, "E-KS-PLAIN", 78, DL_KIND_FAIL, "The keyring offers no encrypted session.",        \
      "The service is old or not a real keyring.", "Use another keyring, or another place.")       \
    X(KS_GONE, "E-KS-GONE", 78, DL_KIND_FAIL, "The keyring went away while it was asked.",         \
      "The service or the session ended.", "Try again.")                                           \
    X(KS_HELPER, "E-KS-HELPER", 78, DL_KIND_FAIL, "The program ddlogs-keyring cannot be run.",     \
      "The installation is not complete.", "Reinstall ddlogs.")                                    \
    X(KS_OTHER, "E-KS-OTHER", 78, DL_KIND_FAIL, "The keyring answered with an error.",             \
      "See the text.", "Choose another place for the key.")                                        \
    X(NET_DNS, "E-NET-DNS", 69, DL_KIND_RETRY, "The name cannot be looked up.",                    \
      "The machine is offline.\nThe DNS server does not answer.\nOnly a proxy may reach outside.", \
      "Look it up: getent hosts NAME\nSet the proxy: HTTPS_PROXY or --proxy")                      \
    X(NET_DNS_PROXY, "E-NET-DNS-PROXY", 69, DL_KIND_FAIL,                                          \
      "The name of the proxy cannot be looked up.", "The proxy's name is misspelled.",             \
      "Correct the proxy in the place named.")                                                     \
    X(NET_REFUSED, "E-NET-REFUSED", 69, DL_KIND_RETRY, "The connection was refused.",              \
      "A firewall refuses it.\nThe endpoint is wrong.", "Check the endpoint and the firewall.")    \
    X(PROXY_REFUSED, "E-PROXY-REFUSED", 69, DL_KIND_RETRY, "The proxy refused the connection.",    \
      "The proxy is not running.\nIts port is wrong.", "Check the proxy in the place named.")      \
    X(NET_TIMEOUT, "E-NET-TIMEOUT", 75, DL_KIND_RETRY, "No answer in time.",                       \
      "A firewall drops the packets.\nOnly a proxy may reach outside.",                            \
      "Ask to allow the host and the ranges at https://ip-ranges.datadoghq.com")                   \
    X(NET_UNREACH, "E-NET-UNREACH", 69, DL_KIND_RETRY, "There is no route to the host.",           \
      "The machine is offline.\nOnly IPv6 or only IPv4 works.", "Check the route: ip route")       \
    X(NET_RESET, "E-NET-RESET", 75, DL_KIND_RETRY, "The connection was cut.",                      \
      "A proxy or firewall ended it.\nThe server restarted.", "Try again.")                        \
    X(TLS_TIMEOUT, "E-TLS-TIMEOUT", 75, DL_KIND_RETRY, "The TLS handshake got no answer.",         \
      "A box on the way inspects TLS and holds it.", "Ask to allow the host without inspection.")  \
    X(TLS_NOTTLS, "E-TLS-NOTTLS", 76, DL_KIND_FAIL, "The port does not speak TLS.",                \
      "The port or the endpoint is wrong.\nA proxy answers in plain HTTP.",                        \
      "Check the endpoint and its port.")                                                          \
    X(TLS_VERSION, "E-TLS-VERSION", 76, DL_KIND_FAIL, "There is no common TLS version.",           \
      "The other side offers less than TLS 1.2.", "Ask who runs the proxy or endpoint.")           \
    X(TLS_CA, "E-TLS-CA", 69, DL_KIND_FAIL, "The certificate's issuer is not trusted here.",       \
      "A proxy inspects TLS with a company CA.\nThe CA bundle is old.",                            \
      "Ask for the CA certificate and name it: --ca-file FILE")                                    \
    X(TLS_NAME, "E-TLS-NAME", 69, DL_KIND_FAIL, "The certificate is for another name.",            \
      "A captive portal or a false DNS answer.\nA sub-domain was used as site.",                   \
      "Check the endpoint and what its name resolves to.")                                         \
    X(TLS_TIME, "E-TLS-TIME", 69, DL_KIND_FAIL, "The certificate is not valid at this time.",      \
      "The clock of this machine is wrong.\nThe certificate has expired.", "Check the clock: date") \
    X(PROXY_AUTH, "E-PROXY-AUTH", 77, DL_KIND_FAIL, "The proxy asks for a user and password.",     \
      "Credentials are missing or wrong.", "Set them: HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT") \
    X(PROXY_DENY, "E-PROXY-DENY", 69, DL_KIND_FAIL, "The proxy does not allow this host.",         \
      "The host is not on the proxy's list.", "Ask to allow CONNECT to the host named.")           \
    X(PROXY_URL, "E-PROXY-URL", 78, DL_KIND_FAIL, "The proxy's address is not usable.",            \
      "It is misspelled.", "Write it as http://HOST:PORT")                                         \
    X(CA_FILE, "E-CA-FILE", 78, DL_KIND_FAIL, "The CA file cannot be used.",                       \
      "It is missing or holds no certificate.", "Correct the path in the place named.")            \
    X(HTTP_400, "E-HTTP-400", 70, DL_KIND_FAIL, "The intake calls the request malformed.",         \
      "A mistake in ddlogs.\nA proxy changes the body.", "Please report it with the text above.")  \
    X(HTTP_413, "E-HTTP-413", 70, DL_KIND_FAIL, "The request is too large.",                       \
      "A proxy has a smaller limit than Datadog.", "Ask who runs the proxy for its limit.")        \
    X(HTTP_404, "E-HTTP-404", 76, DL_KIND_FAIL, "The path is not there.",                          \
      "The endpoint lacks a path or is the wrong host.", "Check the endpoint.")                    \
    X(HTTP_415, "E-HTTP-415", 76, DL_KIND_FAIL, "The encoding is not understood.",                 \
      "The endpoint does not know this compression.", "Choose gzip: --encoding gzip")              \
    X(HTTP_REDIRECT, "E-HTTP-REDIRECT", 76, DL_KIND_FAIL, "The answer is a redirect.",             \
      "A captive portal or proxy page.\nThe endpoint moved.",                                      \
      "Redirects are never followed, because the key would go along. Check the endpoint.")         \
    X(HTTP_HTML, "E-HTTP-HTML", 76, DL_KIND_FAIL, "The answer is not the intake's.",               \
      "A captive portal or proxy page.", "Open a browser on this network and see what it asks.")   \
    X(HTTP_429, "E-HTTP-429", 75, DL_KIND_RETRY, "Datadog asks to slow down.",                     \
      "Too many requests.", "Wait and try again.")                                                 \
    X(HTTP_408, "E-HTTP-408", 75, DL_KIND_RETRY, "The server gave up waiting for the request.",    \
      "The network is slow.", "Try again.")                                                        \
    X(HTTP_5XX, "E-HTTP-5XX", 75, DL_KIND_RETRY, "The server has a problem.",                      \
      "Datadog or a proxy has an incident.", "See https://status.datadoghq.com and try again.")    \
    X(HTTP_STATUS, "E-HTTP-STATUS", 76, DL_KIND_FAIL, "The answer's status is not expected.",      \
      "A proxy or another server answered.", "Check the endpoint and the proxy.")                  \
    X(UNDELIVERED, "E-UNDELIVERED", 75, DL_KIND_RETRY, "Not every log was delivered.",             \
      "See the reason in the text.", "Send the logs again when the cause is mended.")              \
    X(RECORD, "E-RECORD", 65, DL_KIND_FAIL, "A log cannot be sent as it is.",                      \
      "It is larger than the intake's limits.", "Make it smaller.")                                \
    X(FULL, "E-FULL", 75, DL_KIND_RETRY, "The sender's buffer is full.",                           \
      "Logs come faster than they can be delivered.", "Wait and send again.")                      \
    X(TERM, "E-TERM", 64, DL_KIND_FAIL, "The terminal cannot show the wizard.",                    \
      "TERM is unset or names an unknown terminal.", "Use --plain, or set TERM.")                  \
    X(CLOCK, "W-CLOCK", 0, DL_KIND_WARN, "The clock of this machine is off.",                      \
      "Time is not synchronised.", "Set the clock: logs older than 18 h are dropped silently.")    \
    X(CLOCK_FAR, "E-CLOCK", 78, DL_KIND_FAIL,                                                      \
      "The clock of this machine is so far off that logs would be dropped.",                       \
      "Time is not synchronised.", "Set the clock.")                                               \
    X(ENV_OVERRIDE, "W-ENV-OVERRIDE", 0, DL_KIND_WARN, "The environment wins over the file.",      \
      "A DD_ variable is set.", "Unset the variable, or know that it wins.")                       \
    X(NOPROXY_DOT, "W-NOPROXY-DOT", 0, DL_KIND_WARN, "A NO_PROXY entry begins with a dot.",        \
      "Programs differ in how they read it.", "Write the entry without the dot.")                  \
    X(HTTP_PROXY_UPPER, "W-HTTP-PROXY-UPPER", 0, DL_KIND_WARN,                                     \
      "HTTP_PROXY in capitals is not used.", "Most programs ignore it for safety.",                \
      "Set HTTPS_PROXY.")                                                                          \
    X(HTTPS_PROXY, "W-HTTPS-PROXY", 0, DL_KIND_WARN, "The proxy variable looks wrong.",            \
      "It lacks http:// or uses https:// for a plain proxy.", "Write it as http://HOST:PORT")

#endif
