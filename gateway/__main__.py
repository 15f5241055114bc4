"""`python -m gateway` is the same as `congthu`."""

from gateway.cli import main

if __name__ == "__main__":
    main(prog_name="congthu")
