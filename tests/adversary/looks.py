"""What a host shows instead of the site: pages of parked names, of suspended ones, and of servers with nothing to show.

Written after what such pages say, under made-up names; none is a copy.
"""

from tests.adversary.words import write_page

# Parked: the name is for sale, or earns by advertisements, or waits for its owner.
PARKED = {
    "for-sale": (
        "{name}",
        (
            "<h2>This domain is for sale</h2><p>{name} is available for purchase. Get a price in less than 24"
            " hours.</p><a href='/buy'>Buy now</a>"
        ),
    ),
    "make-offer": (
        "{name} - Make an offer",
        (
            "<p>The owner of {name} accepts offers. Enter your offer below.</p><form><input name='offer'><button>Make"
            " offer</button></form>"
        ),
    ),
    "related-searches": (
        "{name}",
        (
            "<h2>Related searches</h2><ul><li><a href='/s?1'>Car insurance</a></li><li><a href='/s?2'>Cheap"
            " flights</a></li><li><a href='/s?3'>Online degrees</a></li></ul><p>Privacy policy. The sponsored"
            " listings displayed above are served automatically by a third party.</p>"
        ),
    ),
    "just-registered": (
        "Welcome to {name}",
        (
            "<p>This domain name has just been registered. If you are the owner, log in to your account to set up"
            " your website.</p>"
        ),
    ),
    "coming-soon": (
        "{name} is coming soon",
        "<p>This web page is parked free, courtesy of Exemplary Names, Inc.</p><a href='/find'>Find a domain</a>",
    ),
    "auction": (
        "Auction of {name}",
        "<p>{name} has expired and is now in auction. Current bid: $120. Time left: 2 days.</p>",
    ),
    "expired": (
        "{name} has expired",
        "<p>The registration of {name} has expired. If you are the registrant, renew it before it is deleted.</p>",
    ),
    "lander-script": (
        "",
        (
            "<script>window.park = 'eyJhZHMiOiJ0cnVlIn0='; document.body.innerHTML += '<h2>{name}</h2><p>Sponsored"
            " listings</p><p>Inquire about this domain</p>'</script>"
        ),
    ),
    "lander-frame": (
        "{name}",
        (
            "<iframe src='/lander' width='900' height='600' title='This domain may be for sale'></iframe><p>This"
            " domain may be for sale.</p>"
        ),
    ),
    "parking-de": (
        "{name} steht zum Verkauf",
        "<p>Diese Domain ist zu verkaufen. Jetzt Angebot abgeben!</p><p>Diese Seite wurde geparkt.</p>",
    ),
    "parking-fr": (
        "{name} est réservé",
        "<p>Ce nom de domaine est à vendre. Il est parké gratuitement par son bureau d'enregistrement.</p>",
    ),
    "parking-es": (
        "{name} en venta",
        "<p>Este dominio está en venta. Haga una oferta al propietario. Página de aparcamiento.</p>",
    ),
    "parking-ru": ("{name} продаётся", "<p>Домен {name} продаётся. Домен припаркован.</p>"),
    "parking-zh": ("{name} 域名出售", "<p>您正在访问的域名可以转让！该域名正在出售。</p>"),
}
# Suspended: a registrar or a host has taken it down.
SUSPENDED = {
    "account-suspended": (
        403,
        "Account Suspended",
        "<p>This account has been suspended. Contact your hosting provider for more information.</p>",
    ),
    "site-suspended": (
        200,
        "Website suspended",
        "<p>This website has been suspended for violation of our acceptable use policy.</p>",
    ),
    "billing": (402, "Suspended", "<p>The hosting account for {name} is suspended due to non-payment.</p>"),
    "court-order": (
        451,
        "Unavailable For Legal Reasons",
        "<p>Access to {name} has been disabled following a court order.</p>",
    ),
    "phishing-warning": (
        200,
        "This site was taken down",
        "<p>The phishing page that you were trying to visit was taken down. Learn how to recognise phishing.</p>",
    ),
    "seized": (
        200,
        "This domain has been seized",
        "<p>{name} has been seized pursuant to a warrant issued by a court.</p>",
    ),
    "verification": (
        200,
        "{name} has been suspended",
        (
            "<p>The contact information of this domain name has not been verified by its registrant. The registrar"
            " has suspended the domain in line with ICANN rules.</p>"
        ),
    ),
    "abuse-registrar": (
        200,
        "Domain suspended",
        "<p>This domain has been suspended by its registrar because of abuse.</p>",
    ),
    "suspended-de": (
        403,
        "Website gesperrt",
        "<p>Dieser Webspace wurde vom Anbieter gesperrt. Bitte wenden Sie sich an den Kundendienst.</p>",
    ),
    "suspended-fr": (403, "Site suspendu", "<p>Ce site a été suspendu par son hébergeur. Ce compte est désactivé.</p>"),
    "suspended-es": (
        200,
        "Cuenta suspendida",
        "<p>Esta cuenta ha sido suspendida. Póngase en contacto con su proveedor de alojamiento.</p>",
    ),
    "suspended-pt": (
        200,
        "Conta suspensa",
        "<p>Este site foi suspenso. Entre em contato com o provedor de hospedagem.</p>",
    ),
    "suspended-tr": (
        200,
        "Hesap askıya alındı",
        "<p>Bu site yayından kaldırılmıştır; barındırma hesabı askıya alınmıştır.</p>",
    ),
    "suspended-ru": (200, "Сайт заблокирован", "<p>Сайт заблокирован хостинг-провайдером. Аккаунт приостановлен.</p>"),
    "suspended-it": (403, "Sito sospeso", "<p>Questo sito è stato sospeso dal fornitore di hosting.</p>"),
}
# Empty: the host answers, and there is nothing.
EMPTY = {
    "blank": (200, ""),
    "blank-page": (200, "<!doctype html><html><head><title></title></head><body></body></html>"),
    "not-found": (404, "<h1>Not Found</h1><p>The requested URL was not found on this server.</p>"),
    "gone": (410, "<h1>Gone</h1>"),
    "forbidden": (403, "<h1>Forbidden</h1><p>You don't have permission to access this resource.</p>"),
    "server-default": (
        200,
        (
            "<title>Welcome to nginx!</title><h1>Welcome to nginx!</h1><p>If you see this page, the nginx web server"
            " is successfully installed and working.</p>"
        ),
    ),
    "distribution-default": (
        200,
        (
            "<title>Apache2 Debian Default Page: It works</title><h1>It works!</h1><p>This is the default welcome"
            " page used to test the correct operation of the Apache2 server after installation.</p>"
        ),
    ),
    "index-of": (200, "<title>Index of /</title><h1>Index of /</h1><hr><pre><a href='../'>../</a></pre><hr>"),
    "panel-default": (
        200,
        (
            "<title>Default web page</title><h1>Future home of something quite cool.</h1><p>If you're the site owner,"
            " log in to launch this site.</p>"
        ),
    ),
}


def show_parked(look: str, name: str) -> tuple[int, bytes]:
    """Status and page of a parked name."""
    title, body = (text.replace("{name}", name) for text in PARKED[look])
    return 200, write_page(title, body)


def show_suspended(look: str, name: str) -> tuple[int, bytes]:
    """Status and page of a suspended name."""
    status, title, body = SUSPENDED[look]
    return status, write_page(title.replace("{name}", name), body.replace("{name}", name))


def show_empty(look: str, _: str) -> tuple[int, bytes]:
    """Status and page of a server with nothing to show."""
    status, body = EMPTY[look]
    return status, body.encode()
