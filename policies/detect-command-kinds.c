/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "policies/detect-command-kinds.h"

#include "policies/detect-values.h"

#define COMMAND "(?:\\.exe)?(?= )"
#define LINE_END "(?= {0,4}(?:[|;&)>#`\"'\\n]|2>|\\z))"

/* What manuals say in place of a password, and what a sentence goes on with. */
#define WHOSE "(?:your|my|the|new|old|some|user|db|root|admin|bind|ldap|encrypted)?[_-]?"
#define PLACEHOLDER                                                                                \
    "(?:" WHOSE "(?:pass(?:w(?:ord|d)|phrase)?|pwd?|secret|hash|token)s?|x{3,}|options?|flags?"    \
    "|switch|parameters?|arguments?|values?|is|was|are|when|if|then|than|with|can|will|may|does"   \
    "|means|as|it|this|that|which|but|instead|via|using|prompts?|asks?|sets?|gives?|takes?"        \
    "|command|mode|in|into|be|has|have)(?![\\w!@#$%^&*+=/-]|[.:]\\w)"

/* A variable, or what the reader has to put in. */
#define NO_QUOTED                                                                                  \
    POLICY_NO_VALUE "(?!\\\\?\\$[\\w{(@*#]|%\\w{1,32}%|%[sd]|[<{]|[*•.…]{2}|" PLACEHOLDER ")"
#define NO_BARE "(?![-\\[(`,.:]|\\\\n)" NO_QUOTED
#define BARE NO_BARE "((?:[^\\s\"'`|;&<>()\\\\]|\\\\[^\\n]){1,256}+)"
#define VALUE                                                                                      \
    "(?|\\\\?\"" NO_QUOTED "([^\"\\\\\\n]{1,256})\\\\?\"|'" NO_QUOTED "([^'\\n]{1,256})'|" BARE ")"

#define EITHER(one, other) "(?|" one "|" other ")"
#define AFTER(options) "(?-i:" options ")(?: {1,4}|=)" VALUE
#define GLUED(options) "(?-i:" options ")" VALUE
#define AFTER_OR_GLUED(options) "(?-i:" options ") {0,4}=?" VALUE

/* Behind the name of a user and a sign. */
#define USER_AND(sign) "[\"']?[^\\s\"'|;&" sign "]{1,128}" sign NO_BARE "([^\\s\"'|]{1,256})"
#define SMB_USER "(?-i:-U|--user(?:name)?)[ =]?" USER_AND("%")
#define CURL_USER "(?-i:-u|-U|--user|--proxy-user)[ =]?(?![\"']?https?:)" USER_AND(":")
#define ORACLE_USER                                                                                \
    "[\"']?(?:userid=)?[\\w$#]{1,32}/[\"']?" NO_BARE                                               \
    "([^\\s\"'@/]{1,128}+)(?:(?=[\"']?@)|" LINE_END ")"

/* By their places. */
#define PASSED_TO "[\"']?(?:\\\\n[\"']?)? {0,4}\\|[^\\n|]{0,80}?"
#define ECHOED                                                                                     \
    EITHER("[\"']?[^\\s:\"'|]{1,64}:" NO_BARE "([^\"'|\\n]{1,256}?)" PASSED_TO "chpasswd",         \
           VALUE PASSED_TO "(?:-stdin|(?-i:sudo -S)|pass(?:in)? stdin|kinit|cryptsetup)")
#define HTPASSWD                                                                                   \
    "(?-i:-\\w{0,8}b\\w{0,8})(?: -\\w{1,8}| [0-9]{1,2}(?= ))*(?: "                                 \
    "[^\\s-][^\\s]{0,255}){1,2}? " VALUE LINE_END
#define NET                                                                                        \
    EITHER("(?:\\\\\\\\[^\\s]{1,256}|/user:[^\\s]{1,128}) (?![/*])" VALUE,                         \
           "(?<=user )[^\\s/]{1,64} (?![/*])" VALUE EITHER("(?= /)", LINE_END))
#define FREERDP EITHER("/g?p:" VALUE, "[\"']/g?p:" NO_QUOTED "([^\"'\\n]{1,256})")
#define OPENSSL_PASSWD "passwd(?: -salt [^\\s]{1,64}| -(?!salt )[\\w-]{1,16}){1,6}+ " VALUE
#define SECURE_STRING                                                                              \
    EITHER(VALUE "(?=[^\\n|]{0,80} -AsPlainText)", "-AsPlainText(?: -Force)?(?: -String)? " VALUE)

const PolicyCommandKind policy_command_kinds[] = {
    {"docker", " login(?= )", AFTER("-p|--password")},
    {"podman", " login(?= )", AFTER("-p|--password")},
    {"nerdctl", " login(?= )", AFTER("-p|--password")},
    {"buildah", " login(?= )", AFTER("-p|--password")},
    {"skopeo", " login(?= )", AFTER("-p|--password")},
    {"helm", " registry login(?= )", AFTER("-p|--password")},
    {"redis-cli", COMMAND, AFTER("-a|--pass|auth|AUTH")},
    {"valkey-cli", COMMAND, AFTER("-a|--pass|auth|AUTH")},
    {"mongo", "(?:sh|dump|restore|export|import|stat|top|files)?" COMMAND,
     AFTER_OR_GLUED("-p|--password")},
    {"mysqladmin", COMMAND, EITHER(GLUED("-p"), "password " VALUE)},
    {"mysql", "[a-z_-]{0,16}" COMMAND, GLUED("-p")},
    {"mariadb", "[a-z-]{0,16}" COMMAND, GLUED("-p")},
    {"cqlsh", COMMAND, AFTER("-p|--password")},
    {"clickhouse", "[ -]client(?= )", AFTER("--password")},
    {"influx", COMMAND, AFTER("--?password")},
    {"sqlcmd", COMMAND, AFTER_OR_GLUED("-P")},
    {"bcp", COMMAND, AFTER_OR_GLUED("-P")},
    {"sqlplus", COMMAND, ORACLE_USER},
    {"sqlldr", COMMAND, ORACLE_USER},
    {"expdp", COMMAND, ORACLE_USER},
    {"impdp", COMMAND, ORACLE_USER},
    {"rman", COMMAND, ORACLE_USER},
    {"jdbc:oracle:", "(?:thin|oci8?):", ORACLE_USER},
    {"htpasswd", COMMAND, HTPASSWD},
    {"useradd", COMMAND, AFTER("-p|--password")},
    {"usermod", COMMAND, AFTER("-p|--password")},
    {"echo", COMMAND, ECHOED},
    {"printf", COMMAND, ECHOED},
    {"chpasswd", COMMAND, "<<< ?" USER_AND(":")},
    {"ldappasswd", COMMAND, AFTER_OR_GLUED("-w|-s|-a")},
    {"ldap", "(?:search|modify|add|delete|whoami|compare|modrdn|exop)" COMMAND,
     AFTER_OR_GLUED("-w")},
    {"openssl", COMMAND,
     EITHER(EITHER(AFTER("-[kK]"), "-pass(?:in|out)? pass:" VALUE), OPENSSL_PASSWD)},
    {"gpg", "2?" COMMAND, AFTER("--passphrase")},
    {"keytool", COMMAND, AFTER("-(?:src|dest)?(?:store|key)pass|-new")},
    {"jarsigner", COMMAND, AFTER("-(?:store|key)pass")},
    {"7z", "[arz]?" COMMAND, GLUED("-p")},
    {"rar", COMMAND, GLUED("-h?p")},
    {"unrar", COMMAND, GLUED("-p")},
    {"zip", COMMAND, AFTER("-P|--password")},
    {"unzip", COMMAND, AFTER("-P")},
    {"xfreerdp", "[0-9]?" COMMAND, FREERDP},
    {"wlfreerdp", "[0-9]?" COMMAND, FREERDP},
    {"rdesktop", COMMAND, AFTER("-p")},
    {"smb", "(?:client|get|cacls|tree)" COMMAND, SMB_USER},
    {"rpcclient", COMMAND, SMB_USER},
    {"net", "(?:\\.exe)? (?:user?|ads|rpc)(?= )", EITHER(NET, SMB_USER)},
    {"cmdkey", COMMAND, "/p(?:ass)?:" VALUE},
    {"psexec", COMMAND, AFTER("-p")},
    {"ConvertTo-SecureString", COMMAND, SECURE_STRING},
    {"evil-winrm", COMMAND, AFTER("-p|--password")},
    {"nxc", COMMAND, AFTER("-p")},
    {"sshpass", COMMAND, "(?:(?<=sshpass )|(?<=sshpass -v ))" AFTER_OR_GLUED("-p")},
    {"plink", COMMAND, AFTER("-pw")},
    {"pscp", COMMAND, AFTER("-pw")},
    {"curl", COMMAND, CURL_USER},
    {"wget", COMMAND, AFTER("--(?:http-|ftp-|proxy-)?passw(?:or)?d")},
    {"aria2c", COMMAND, AFTER("--rpc-secret|--(?:http|ftp|all-proxy)-passwd")},
    {"svn", COMMAND, AFTER("--password")},
    {"mosquitto_", "(?:pub|sub|rr)" COMMAND, AFTER("-P|--pw")},
    {"rabbitmqctl", COMMAND, "(?:add_user|change_password) [^\\s]{1,64} " VALUE},
    {"snmp", "[a-z]{3,10}" COMMAND, AFTER("-A|-X")},
    {"ipmitool", COMMAND, AFTER("-P")},
    {"nmcli", COMMAND, AFTER("password|(?:wifi-sec|802-11-wireless-security)\\.psk")},
    {"insert into", "(?= )", NULL},
};

const unsigned policy_n_command_kinds = G_N_ELEMENTS(policy_command_kinds);
