"""Pages and feeds of the web: fetched with care for this machine's network and for the site's wishes."""
