#!/usr/bin/python3
"""A Secret Service that misbehaves in the way its argument names.

plain           knows no encrypted session
hangs           never answers; once asked, it creates the file named by MOCK_ASKED
dies-searching  ends when it is searched
dies-storing    ends when it is to store
dismisses       is locked, and its prompt is dismissed at once
asks-forever    is locked, and its prompt never ends
hides           is locked and lists nothing while it is
forgets         takes a key and does not hold it

Nothing here can decrypt a secret: every kind fails before one could be read.
"""
import os
import sys

from gi.repository import Gio, GLib

KIND = sys.argv[1]
LOCKED = KIND in ("dismisses", "asks-forever", "hides")
ROOT = "/org/freedesktop/secrets"
COLLECTION = ROOT + "/collection/mock"
ITEM = COLLECTION + "/1"
PROMPT = ROOT + "/prompt/1"

INTERFACES = """<node>
<interface name="org.freedesktop.Secret.Service">
 <method name="OpenSession"><arg name="a" type="s" direction="in"/><arg name="i" type="v" direction="in"/>
  <arg name="o" type="v" direction="out"/><arg name="r" type="o" direction="out"/></method>
 <method name="SearchItems"><arg name="a" type="a{ss}" direction="in"/>
  <arg name="u" type="ao" direction="out"/><arg name="l" type="ao" direction="out"/></method>
 <method name="Unlock"><arg name="o" type="ao" direction="in"/>
  <arg name="u" type="ao" direction="out"/><arg name="p" type="o" direction="out"/></method>
 <method name="ReadAlias"><arg name="n" type="s" direction="in"/><arg name="c" type="o" direction="out"/></method>
 <property name="Collections" type="ao" access="read"/>
</interface>
<interface name="org.freedesktop.Secret.Collection">
 <method name="CreateItem"><arg name="p" type="a{sv}" direction="in"/>
  <arg name="s" type="(oayays)" direction="in"/><arg name="r" type="b" direction="in"/>
  <arg name="i" type="o" direction="out"/><arg name="q" type="o" direction="out"/></method>
 <property name="Items" type="ao" access="read"/><property name="Label" type="s" access="read"/>
 <property name="Locked" type="b" access="read"/><property name="Created" type="t" access="read"/>
 <property name="Modified" type="t" access="read"/>
</interface>
<interface name="org.freedesktop.Secret.Item">
 <property name="Attributes" type="a{ss}" access="read"/><property name="Label" type="s" access="read"/>
 <property name="Locked" type="b" access="read"/><property name="Created" type="t" access="read"/>
 <property name="Modified" type="t" access="read"/>
</interface>
<interface name="org.freedesktop.Secret.Prompt">
 <method name="Prompt"><arg name="w" type="s" direction="in"/></method><method name="Dismiss"/>
 <signal name="Completed"><arg name="d" type="b"/><arg name="r" type="v"/></signal>
</interface></node>"""

PROPERTIES = {
    "Collections": GLib.Variant("ao", [COLLECTION]),
    "Attributes": GLib.Variant("a{ss}", {}),
    "Items": GLib.Variant("ao", []),
    "Label": GLib.Variant("s", "Mock"),
    "Locked": GLib.Variant("b", LOCKED),
    "Created": GLib.Variant("t", 1),
    "Modified": GLib.Variant("t", 1),
}


def note_asked():
    path = os.environ.get("MOCK_ASKED")
    if path:
        with open(path, "w", encoding="ascii") as file:
            file.write("asked\n")


def open_session(algorithm):
    if KIND == "plain" and algorithm != "plain":
        return None
    if algorithm == "plain":
        return GLib.Variant("(vo)", (GLib.Variant("s", ""), ROOT + "/session/1"))
    # the public half of a key exchange: any number of the right size
    public = GLib.Variant("ay", bytes(range(1, 129)))
    return GLib.Variant("(vo)", (public, ROOT + "/session/1"))


def complete_prompt(bus):
    result = GLib.Variant("(bv)", (True, GLib.Variant("ao", [])))
    bus.emit_signal(None, PROMPT, "org.freedesktop.Secret.Prompt", "Completed", result)


def answer(bus, method, arguments):
    if method == "OpenSession":
        return open_session(arguments[0])
    if method == "ReadAlias":
        return GLib.Variant("(o)", (COLLECTION if arguments[0] == "default" else "/",))
    if method == "SearchItems":
        return GLib.Variant("(aoao)", ([], []))
    if method == "Unlock":
        return GLib.Variant("(aoo)", ([], PROMPT))
    if method == "CreateItem":
        return GLib.Variant("(oo)", (ITEM, "/"))
    if method == "Prompt" and KIND == "dismisses":
        GLib.idle_add(complete_prompt, bus)
    return None


def on_call(bus, _sender, _path, _interface, method, arguments, invocation):
    if KIND == "hangs":
        note_asked()
        return
    if (KIND, method) in (("dies-searching", "SearchItems"), ("dies-storing", "CreateItem")):
        os._exit(1)
    if method == "Prompt":
        note_asked()
    result = answer(bus, method, arguments.unpack())
    if result is None and method == "OpenSession":
        invocation.return_dbus_error("org.freedesktop.DBus.Error.NotSupported", "only plain")
    else:
        invocation.return_value(result)


def on_get(_bus, _sender, _path, _interface, name):
    return PROPERTIES[name]


def on_bus(bus, _name):
    paths = {"Service": ROOT, "Collection": COLLECTION, "Item": ITEM, "Prompt": PROMPT}
    for interface in Gio.DBusNodeInfo.new_for_xml(INTERFACES).interfaces:
        path = paths[interface.name.rsplit(".", 1)[1]]
        bus.register_object(path, interface, on_call, on_get, None)


Gio.bus_own_name(Gio.BusType.SESSION, "org.freedesktop.secrets", Gio.BusNameOwnerFlags.NONE,
                 on_bus, None, None)
GLib.MainLoop().run()
