"""Which hosts are this machine and nothing else."""

import ipaddress


def is_loopback(host: str) -> bool:
    """Whether a host name or address, without a port, means this machine and nothing else."""
    name = host.lower().strip("[]").removesuffix(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    inside = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (inside or address).is_loopback
