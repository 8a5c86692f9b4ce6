import { deviceKinds } from '../../linux/device/kinds.ts';

export const LINK_USAGE = `Usage: ip link add [ name ] NAME
		    [ txqueuelen PACKETS ]
		    [ address LLADDR ]
		    [ mtu MTU ]
		    [ netns NAME ]
		    [ master DEVICE ]
		    type TYPE [ ARGS ]

	ip link delete [ dev ] DEVICE

	ip link set [ dev ] DEVICE
			[ { up | down } ]
			[ type TYPE ARGS ]
		[ txqueuelen PACKETS ]
		[ name NEWNAME ]
		[ address LLADDR ]
		[ mtu MTU ]
		[ netns NAME ]
		[ master DEVICE ]
		[ nomaster ]
		[ arp { on | off } ]
		[ multicast { on | off } ]
		[ allmulticast { on | off } ]
		[ promisc { on | off } ]
		[ alias NAME ]
		[ group GROUP ]

	ip link show [ DEVICE | group GROUP ] [up] [master DEV] [type TYPE]
		[nomaster]

	ip link help [ TYPE ]

TYPE := { ${deviceKinds.map(({ name }) => name).join(' | ')} | bridge_slave }
Other types of devices are not modelled in this simulation.`;
