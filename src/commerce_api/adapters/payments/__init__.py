"""Those who move money."""
