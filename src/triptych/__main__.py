"""`python -m triptych` is `triptych`."""

from .cli import main

if __name__ == "__main__":
    main()
