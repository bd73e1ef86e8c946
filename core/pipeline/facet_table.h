/* Facets that Datadog's log integrations share: path, group and name, the same in all of them.
 * Source: the standard attributes of docs.datadoghq.com/standard-attributes, and the facets of the
 * log assets in DataDog/integrations-core and integrations-extras (2026). For facet.c alone. */
#ifndef DL_PIPELINE_FACET_TABLE_H
#define DL_PIPELINE_FACET_TABLE_H

/* X(path, group, name) */
#define DL_FACET_TABLE(X)                                                                          \
    X("network.client.ip", "Web Access", "Client IP")                                              \
    X("network.destination.ip", "Web Access", "Destination IP")                                    \
    X("network.client.port", "Web Access", "Client Port")                                          \
    X("network.destination.port", "Web Access", "Destination Port")                                \
    X("network.client.geoip.country.name", "Geoip", "Country Name")                                \
    X("network.client.geoip.country.iso_code", "Geoip", "Country ISO Code")                        \
    X("network.client.geoip.continent.code", "Geoip", "Continent Code")                            \
    X("network.client.geoip.continent.name", "Geoip", "Continent Name")                            \
    X("network.client.geoip.subdivision.name", "Geoip", "Subdivision Name")                        \
    X("network.client.geoip.subdivision.iso_code", "Geoip", "Subdivision ISO Code")                \
    X("network.client.geoip.city.name", "Geoip", "City Name")                                      \
    X("network.destination.geoip.country.name", "Geoip", "Destination Country Name")               \
    X("network.destination.geoip.country.iso_code", "Geoip", "Destination Country ISO Code")       \
    X("network.destination.geoip.continent.code", "Geoip", "Destination Continent Code")           \
    X("network.destination.geoip.continent.name", "Geoip", "Destination Continent Name")           \
    X("network.destination.geoip.subdivision.name", "Geoip", "Destination Subdivision Name")       \
    X("network.destination.geoip.subdivision.iso_code", "Geoip",                                   \
      "Destination Subdivision ISO Code")                                                          \
    X("network.destination.geoip.city.name", "Geoip", "Destination City Name")                     \
    X("http.url", "Web Access", "URL Path")                                                        \
    X("http.status_code", "Web Access", "Status Code")                                             \
    X("http.method", "Web Access", "Method")                                                       \
    X("http.referer", "Web Access", "Referer")                                                     \
    X("http.request_id", "Web Access", "Request ID")                                               \
    X("http.useragent", "Web Access", "User-Agent")                                                \
    X("http.version", "Web Access", "Version")                                                     \
    X("http.url_details.host", "Web Access", "URL Host")                                           \
    X("http.url_details.port", "Web Access", "URL Port")                                           \
    X("http.url_details.path", "Web Access", "URL Path")                                           \
    X("http.url_details.scheme", "Web Access", "URL scheme")                                       \
    X("http.useragent_details.os.family", "Web Access", "OS")                                      \
    X("http.useragent_details.browser.family", "Web Access", "Browser")                            \
    X("http.useragent_details.device.family", "Web Access", "Device")                              \
    X("logger.name", "Source Code", "Logger Name")                                                 \
    X("logger.thread_name", "Source Code", "Thread Name")                                          \
    X("logger.version", "Source Code", "Logger Version")                                           \
    X("error.kind", "Source Code", "Error Type")                                                   \
    X("error.message", "Error", "Error Message")                                                   \
    X("db.instance", "Database", "Database")                                                       \
    X("db.statement", "Database", "Statement")                                                     \
    X("db.operation", "Database", "Operation Type")                                                \
    X("db.user", "Database", "User")                                                               \
    X("usr.id", "User", "User ID")                                                                 \
    X("usr.name", "User", "User Name")                                                             \
    X("usr.email", "User", "User Email")                                                           \
    X("dns.id", "DNS", "DNS ID")                                                                   \
    X("dns.question.name", "DNS", "Question Name")                                                 \
    X("dns.question.type", "DNS", "Question Type")                                                 \
    X("dns.question.class", "DNS", "Question Class")                                               \
    X("dns.answer.name", "DNS", "Answer Name")                                                     \
    X("dns.answer.type", "DNS", "Answer Type")                                                     \
    X("dns.flags.rcode", "DNS", "Response Code")                                                   \
    X("evt.name", "Event", "Event Name")                                                           \
    X("evt.outcome", "Event", "Event Outcome")                                                     \
    X("application.id", "Source Code", "Component Name")                                           \
    X("db.table", "Database", "Table")                                                             \
    X("evt.category", "Event", "Event Category")                                                   \
    X("network.destination.name", "Web Access", "Destination Name")                                \
    X("ocsf.activity_id", "OCSF", "Activity ID")                                                   \
    X("ocsf.activity_name", "OCSF", "Activity Name")                                               \
    X("ocsf.actor.user.email_addr", "OCSF", "Email Address")                                       \
    X("ocsf.actor.user.name", "OCSF", "Name")                                                      \
    X("ocsf.actor.user.uid", "OCSF", "Unique ID")                                                  \
    X("ocsf.category_name", "OCSF", "Category")                                                    \
    X("ocsf.category_uid", "OCSF", "Category ID")                                                  \
    X("ocsf.class_name", "OCSF", "Class")                                                          \
    X("ocsf.class_uid", "OCSF", "Class ID")                                                        \
    X("ocsf.dst_endpoint.ip", "OCSF", "Destination IP Address")                                    \
    X("ocsf.finding_info.uid", "OCSF", "Finding UID")                                              \
    X("ocsf.metadata.event_code", "OCSF", "Event Code")                                            \
    X("ocsf.severity", "OCSF", "Severity")                                                         \
    X("ocsf.src_endpoint.ip", "OCSF", "Source IP Address")                                         \
    X("ocsf.status", "OCSF", "Status")                                                             \
    X("ocsf.status_id", "OCSF", "Status ID")                                                       \
    X("ocsf.user.name", "OCSF", "Target Name")                                                     \
    X("ocsf.user.uid", "OCSF", "Target Unique ID")                                                 \
    X("postgres.session_id", "Database", "Session ID")                                             \
    X("system.action", "System", "Action")                                                         \
    X("system.user", "System", "User")

#endif
