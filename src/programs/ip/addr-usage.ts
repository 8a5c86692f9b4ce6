export const ADDRESS_USAGE = `Usage: ip address [ show [ [ dev ] DEVICE ] [ scope SCOPE ] [ to PREFIX ] [ label PATTERN ] [ up ]
                           [ type TYPE ] [ primary | secondary | permanent ] ]
       ip address { add | change | replace } PREFIX [ peer PREFIX ] [ broadcast ADDRESS ] [ scope SCOPE ]
                           [ label NAME ] [ noprefixroute ] dev DEVICE
       ip address del PREFIX dev DEVICE
       ip address flush { dev DEVICE | scope SCOPE | to PREFIX | label PATTERN }
SCOPE := { global | link | host }`;
