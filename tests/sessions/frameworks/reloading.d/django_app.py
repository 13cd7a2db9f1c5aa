import sys

import part
from django.conf import settings
from django.core.management import execute_from_command_line
from django.http import HttpResponse
from django.urls import path


def version(request):
    return HttpResponse(part.VERSION)


def hello(request, name):
    return HttpResponse(name + part.VERSION)  # @django


urlpatterns = [path("version", version), path("hello/<str:name>", hello)]
settings.configure(DEBUG=True, ALLOWED_HOSTS=["*"], ROOT_URLCONF=sys.modules[__name__], SECRET_KEY="none")
execute_from_command_line(sys.argv)
