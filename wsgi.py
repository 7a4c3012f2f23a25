"""The door for a WSGI server: `gunicorn wsgi:app`."""

from casework.app import create_app
from casework.kernel.garbage import settle

app = create_app()
settle()
