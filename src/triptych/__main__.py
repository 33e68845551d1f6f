"""`python -m triptych` is `triptych`."""

from .cli.main import main

if __name__ == "__main__":
    main()
