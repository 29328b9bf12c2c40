"""Who may open what: the one table of the console's rules. A route that is not in it is closed to everybody."""

from fzbot.people.staff import Role

Roles = frozenset[Role]
PUBLIC: Roles | None = None

ANYONE = frozenset(Role)
"""Every staff member; an adviser sees only rows of own villages."""
SERVERS = frozenset({Role.ADMIN, Role.EDITOR, Role.ADVISER})
OFFICE = frozenset({Role.ADMIN, Role.EDITOR, Role.VIEWER})
"""Who sees the whole town's figures."""
EDITORS = frozenset({Role.ADMIN, Role.EDITOR})
ADMINS = frozenset({Role.ADMIN})

RULES: dict[tuple[str, str], Roles | None] = {
    ("GET", "/sign-in"): PUBLIC,
    ("POST", "/sign-in"): PUBLIC,
    ("POST", "/sign-out"): ANYONE,
    ("POST", "/account"): ANYONE,
    ("GET", "/password"): ANYONE,
    ("POST", "/password"): ANYONE,
    ("GET", "/totp"): ANYONE,
    ("POST", "/totp"): ANYONE,
    ("POST", "/totp/codes"): ANYONE,
    ("GET", "/"): ANYONE,
    ("GET", "/export.xlsx"): ANYONE,
    ("GET", "/interactions"): ANYONE,
    ("GET", "/pushes"): ANYONE,
    ("GET", "/pushes/rows"): ANYONE,
    ("GET", "/unanswered"): ANYONE,
    ("POST", "/unanswered"): EDITORS,
    ("GET", "/knowledge"): ANYONE,
    ("GET", "/knowledge/new"): EDITORS,
    ("POST", "/knowledge"): EDITORS,
    ("GET", "/knowledge/releases"): ANYONE,
    ("POST", "/knowledge/releases/{release_id}/restore"): EDITORS,
    ("GET", "/knowledge/{entry_id}"): ANYONE,
    ("GET", "/knowledge/{entry_id}/edit"): EDITORS,
    ("POST", "/knowledge/{entry_id}/publish"): EDITORS,
    ("POST", "/knowledge/{entry_id}/discard"): EDITORS,
    ("GET", "/articles"): EDITORS,
    ("GET", "/laws"): ANYONE,
    ("GET", "/handovers"): ANYONE,
    ("GET", "/handovers/{handover_id}"): ANYONE,
    ("POST", "/handovers/{handover_id}"): SERVERS,
    ("GET", "/test-bench"): ANYONE,
    ("GET", "/activities"): ANYONE,
    ("GET", "/activities/new"): SERVERS,
    ("POST", "/activities"): SERVERS,
    ("GET", "/activities/kinds"): EDITORS,
    ("POST", "/activities/kinds"): EDITORS,
    ("GET", "/activities/template.xlsx"): SERVERS,
    ("GET", "/activities/export.xlsx"): ANYONE,
    ("POST", "/activities/import"): SERVERS,
    ("GET", "/activities/{activity_id}"): ANYONE,
    ("GET", "/activities/{activity_id}/edit"): SERVERS,
    ("POST", "/activities/{activity_id}"): SERVERS,
    ("POST", "/activities/{activity_id}/remove"): SERVERS,
    ("POST", "/activities/{activity_id}/photos"): SERVERS,
    ("GET", "/activities/{activity_id}/photos/{photo_id}"): ANYONE,
    ("POST", "/activities/{activity_id}/photos/{photo_id}/remove"): SERVERS,
    ("GET", "/services"): ANYONE,
    ("GET", "/services/new"): SERVERS,
    ("POST", "/services"): SERVERS,
    ("GET", "/services/template.xlsx"): SERVERS,
    ("GET", "/services/export.xlsx"): ANYONE,
    ("POST", "/services/import"): SERVERS,
    ("GET", "/services/{service_id}"): SERVERS,
    ("POST", "/services/{service_id}"): SERVERS,
    ("POST", "/services/{service_id}/remove"): SERVERS,
    ("GET", "/notices"): ANYONE,
    ("GET", "/notices/new"): SERVERS,
    ("POST", "/notices"): SERVERS,
    ("GET", "/notices/audience"): SERVERS,
    ("GET", "/notices/{notice_id}"): ANYONE,
    ("GET", "/notices/{notice_id}/edit"): SERVERS,
    ("POST", "/notices/{notice_id}"): SERVERS,
    ("POST", "/notices/{notice_id}/approve"): SERVERS,
    ("POST", "/notices/{notice_id}/send"): SERVERS,
    ("POST", "/notices/{notice_id}/withdraw"): SERVERS,
    ("POST", "/notices/{notice_id}/reopen"): SERVERS,
    ("POST", "/notices/{notice_id}/stop"): SERVERS,
    ("POST", "/notices/{notice_id}/resume"): SERVERS,
    ("POST", "/notices/{notice_id}/end"): SERVERS,
    ("POST", "/notices/{notice_id}/preview"): SERVERS,
    ("GET", "/notices/{notice_id}/picture.jpg"): ANYONE,
    ("GET", "/notices/{notice_id}/long.jpg"): ANYONE,
    ("POST", "/notices/{notice_id}/forwards"): SERVERS,
    ("POST", "/notices/{notice_id}/forwards/{forward_id}/remove"): SERVERS,
    ("GET", "/report"): OFFICE,
    ("POST", "/report"): EDITORS,
    ("GET", "/report/draft.docx"): OFFICE,
    ("GET", "/report/{report_id}"): OFFICE,
    ("GET", "/staff"): ADMINS,
    ("GET", "/staff/new"): ADMINS,
    ("POST", "/staff"): ADMINS,
    ("GET", "/staff/{staff_id}"): ADMINS,
    ("POST", "/staff/{staff_id}"): ADMINS,
    ("POST", "/staff/{staff_id}/reset"): ADMINS,
    ("GET", "/tokens"): ADMINS,
    ("POST", "/tokens"): ADMINS,
    ("POST", "/tokens/{token_id}/revoke"): ADMINS,
    ("GET", "/audit-log"): ADMINS,
    ("GET", "/villages"): ANYONE,
    ("POST", "/villages"): ADMINS,
    ("GET", "/villages/{village_id}/code.png"): ANYONE,
    ("GET", "/platform"): OFFICE,
    ("POST", "/platform/menu"): ADMINS,
    ("POST", "/platform/tags"): ADMINS,
    ("GET", "/villages/{village_id}"): ANYONE,
    ("POST", "/villages/{village_id}"): ADMINS,
    ("POST", "/villages/{village_id}/kiosk"): ADMINS,
    ("POST", "/villages/{village_id}/kiosk/remove"): ADMINS,
}

OF_ONE_ACCOUNT = frozenset(
    {
        ("GET", "/activities/new"),
        ("POST", "/activities"),
        ("GET", "/activities/kinds"),
        ("POST", "/activities/kinds"),
        ("GET", "/activities/template.xlsx"),
        ("POST", "/activities/import"),
        ("GET", "/services/new"),
        ("POST", "/services"),
        ("GET", "/services/template.xlsx"),
        ("POST", "/services/import"),
        ("GET", "/notices/new"),
        ("POST", "/notices"),
        ("POST", "/tokens"),
        ("POST", "/villages"),
    }
)
"""What belongs to one account: who looks at several chooses one first."""

BEFORE_ANYTHING_ELSE = frozenset({"/password", "/totp", "/sign-out"})
"""What stays open while a first password is to be changed or a second factor to be set up."""


def allows(method: str, path: str, role: Role) -> bool:
    """Whether the rules open a route to a role."""
    if (method, path) not in RULES:
        return False
    roles = RULES[method, path]
    return roles is None or role in roles
