from . import intake_files
